import type { NewEvent, StoredEvent } from '../../../src/events/envelope.ts';
import type { ExpectedRevision } from '../../../src/store/event-store.ts';
import { ConflictError, isSameAppend } from '../../../src/store/event-store.ts';
import type { Streams } from '../../../src/store/kurrentdb/streams.ts';

/** The streams of a server that never fails, in memory. */
export class ServerStreams implements Pick<Streams, 'append' | 'read'> {
  readonly #streams = new Map<string, readonly StoredEvent[]>();
  reads = 0;
  appends = 0;

  async append(
    name: string,
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<undefined> {
    this.appends += 1;
    const known = this.#streams.get(name) ?? [];
    if (known.length - 1 !== expected) {
      if (isSameAppend(known.slice(expected + 1, expected + 1 + events.length), events)) return;
      throw new ConflictError(stream, expected, known.length - 1);
    }
    const stored = events.map((event, index) => {
      const revision = known.length + index;
      return { ...event, stream, revision, position: `${name}@${revision}` };
    });
    this.#streams.set(name, [...known, ...stored]);
  }

  revisionOf(name: string): number {
    return (this.#streams.get(name) ?? []).length - 1;
  }

  async read(name: string, _stream: string, from: number, limit: number): Promise<readonly StoredEvent[]> {
    this.reads += 1;
    return (this.#streams.get(name) ?? []).slice(from, from + limit);
  }
}
