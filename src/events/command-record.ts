import { z } from 'zod';
import type { EventOf } from '../kernel/event-fields.ts';
import { personal, storedText } from '../kernel/event-fields.ts';

/**
 * The record of a command, in a stream of its own. A command whose effects lie in one stream needs none: its first event
 * carries its id and the digest of its body. One over several streams begins with its intent, so that its id is taken
 * and whoever opens the ledger can finish it; and what was accepted without any event is remembered here too.
 */
export const commandRecordEvents = {
  CommandBegun: z.strictObject({
    effectiveOn: storedText,
    body: personal(z.record(z.string(), z.unknown())),
    /** The provider whose contracts alone are there for the sender; whoever finishes the command keeps to it. */
    contractsOf: storedText.optional(),
  }),
  CommandCompleted: z.strictObject({
    effectiveOn: storedText,
    command: storedText,
    events: z.array(storedText),
    eventCounts: z.record(z.string(), z.int()).optional(),
    outcome: z.record(z.string(), z.unknown()),
    /** Set where another command came first after the intent was stored: the command was refused, and stays so. */
    refusal: z.strictObject({ code: storedText, message: storedText }).optional(),
  }),
};

export type CommandRecordEvent = EventOf<typeof commandRecordEvents>;

/** The stream that remembers one command. */
export function commandStream(commandId: string): string {
  return `command-${commandId}`;
}
