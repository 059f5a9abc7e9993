import { setImmediate as othersTurn } from 'node:timers/promises';
import { chainHash } from '../../events/chain.ts';
import type { Position, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type { EventStore, Page } from '../../store/event-store.ts';
import { StreamHeads } from '../stream-heads.ts';

const PAGE = 4_000;

/**
 * The log in pages up to an event, or to its end as it is then where none is named. While one page is worked on the next
 * is on its way.
 */
export async function* pagesUpTo(store: EventStore, upTo?: Position): AsyncIterable<readonly StoredEvent[]> {
  let coming = pageAfter(store, undefined);
  try {
    for (;;) {
      const { events, last } = await coming;
      const end = upTo === undefined ? -1 : events.findIndex(({ position }) => position === upTo);
      const isLast = end >= 0 || events.length < PAGE || last === undefined;
      if (!isLast) coming = pageAfter(store, last);
      yield end < 0 ? events : events.slice(0, end + 1);
      if (isLast) return;
      await othersTurn();
    }
  } finally {
    // A store is not closed while it is read.
    await coming.catch(() => undefined);
  }
}

function pageAfter(store: EventStore, after: Position | undefined): Promise<Page<StoredEvent>> {
  const page = store.readAll({ after, limit: PAGE });
  // Whoever asks for it is told of a failure.
  page.catch(() => undefined);
  return page;
}

/** A log on its way from one end to the other: the chain of every stream is calculated anew. */
export class CheckedLog {
  readonly heads = new StreamHeads();
  #events = 0;

  get events(): number {
    return this.#events;
  }

  /** Takes the next event. Errors: `store.corrupt` where it is not the next of its stream, or was changed. */
  take(stored: StoredEvent): void {
    const { stream, revision, hash } = stored;
    const next = this.heads.revisionOf(stream) + 1;
    if (revision !== next) throw broken(`stream ${stream}: revision ${next} is missing`);
    if (chainHash(this.heads.hashOf(stream), stream, revision, stored) !== hash) {
      throw broken(`stream ${stream}, revision ${revision}: the event or one before it was changed, its hash differs`);
    }
    this.heads.set(stream, revision, hash);
    this.#events += 1;
  }
}

function broken(sentence: string): LedgerError {
  return new LedgerError('store.corrupt', sentence);
}
