import { setTimeout as wait } from 'node:timers/promises';
import type { Position, StoredEvent } from '../../events/envelope.ts';
import type { EventStore } from '../event-store.ts';

/** How long a subscription sleeps when it has reached the end of the log. */
const PAUSE = 20;

/** The durable events after a position, and those that come until the signal is given or the store is closed. */
export async function* subscription(
  store: EventStore & { readonly isClosed: boolean },
  { after, signal }: { readonly after?: Position; readonly signal: AbortSignal },
): AsyncIterable<StoredEvent> {
  let position = after;
  while (!signal.aborted && !store.isClosed) {
    // Only what is durable is shown: what could still be lost would leave a hole when its position is given out again.
    const { events, last } = await store.betweenAppends(() => store.readAll({ after: position, limit: 1000 }));
    for (const event of events) {
      if (signal.aborted) return;
      yield event;
    }
    position = last ?? position;
    if (events.length === 0) await wait(PAUSE, undefined, { signal, ref: false }).catch(refuseUnlessAborted);
  }
}

function refuseUnlessAborted(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
