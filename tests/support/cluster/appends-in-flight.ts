import type { EventStore } from '../../../src/store/event-store.ts';
import { NO_STREAM } from '../../../src/store/event-store.ts';
import { newEvent } from '../store/stored-forms.ts';

/** The ids of a stream's events by the stream, in their order. */
export type Contents = ReadonlyMap<string, readonly string[]>;

/** How much is appended, and what is made of a failure: as it is, an append that fails is thrown. */
export interface InFlight {
  readonly streams: number;
  /** To each stream, one after another. */
  readonly events: number;
  readonly again?: (append: () => Promise<void>) => Promise<void>;
}

/** Appends to so many streams at once and answers what has been accepted. */
export async function appendInFlight(
  store: EventStore,
  name: string,
  { streams, events, again = (append) => append() }: InFlight,
): Promise<Contents> {
  const accepted = new Map<string, string[]>();
  const writers = Array.from({ length: streams }, async (_, index) => {
    const stream = `${name}-${index}`;
    const ids: string[] = [];
    accepted.set(stream, ids);
    for (let revision = 0; revision < events; revision += 1) {
      const event = newEvent({ id: `${stream}-${revision}` });
      await again(() => store.append(stream, revision === 0 ? NO_STREAM : revision - 1, [event]));
      ids.push(event.id);
    }
  });
  await Promise.all(writers);
  return accepted;
}

/** What streams hold; a store refuses to read one whose revisions are not contiguous. */
export async function contentsOf(store: EventStore, streams: readonly string[]): Promise<Contents> {
  const contents = new Map<string, string[]>();
  for (const stream of streams)
    contents.set(
      stream,
      (await store.read(stream)).map(({ id }) => id),
    );
  return contents;
}
