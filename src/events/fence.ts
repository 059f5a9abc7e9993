import { z } from 'zod';
import type { EventOf } from '../kernel/event-fields.ts';
import { storedText } from '../kernel/event-fields.ts';

/**
 * Stands in a stream so that nobody can append any more what was decided on an earlier revision: whoever takes back a
 * reservation of a change that has not come sets one first, and that change then never comes. It changes no state.
 */
export const fenceEvents = {
  StreamFenced: z.strictObject({
    effectiveOn: storedText,
    /** The stream of the reservation that is taken back. */
    place: storedText,
  }),
};

export type FenceEvent = EventOf<typeof fenceEvents>;

/** Whether an event only fences its stream, so that no state is folded from it. */
export function isFence(event: { readonly type: string }): event is FenceEvent {
  return event.type === 'StreamFenced';
}
