import { chainHash } from '../../../src/events/chain.ts';
import type { NewEvent, StoredEvent } from '../../../src/events/envelope.ts';
import type { EventStore, ExpectedRevision } from '../../../src/store/event-store.ts';

let made = 0;

/** An event on its way into a store; what is not given is made up, and no two have the same id. */
export function newEvent(given: Partial<NewEvent> = {}): NewEvent {
  made += 1;
  const { recordOf } = given;
  const id = given.id ?? `event-${made}`;
  const type = given.type ?? 'SomethingHappened';
  const metadata =
    given.metadata ??
    JSON.stringify({
      recordedAt: '2021-01-01T08:00:00Z',
      commandId: recordOf ?? 'c1',
      ...(recordOf === undefined ? {} : { bodyDigest: 'digest' }),
    });
  const data = given.data ?? JSON.stringify({ number: made });
  const hash = given.hash ?? chainHash('', 'any', 0, { id, type, metadata, data });
  return { id, type, metadata, data, hash, ...(recordOf === undefined ? {} : { recordOf }) };
}

export function newEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, () => newEvent());
}

/** The event as the store has to give it back, but for its position. */
export function asStored(
  { recordOf: _, ...event }: NewEvent,
  stream: string,
  revision: number,
): Omit<StoredEvent, 'position'> {
  return { ...event, stream, revision };
}

export function withoutPosition({ position: _, ...event }: StoredEvent): Omit<StoredEvent, 'position'> {
  return event;
}

/** The whole log, read in pages. */
export async function wholeLog(store: EventStore, limit = 100): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.readAll({ after, limit });
    events.push(...page.events);
    if (page.last === undefined) return events;
    after = page.last;
  }
}

export async function appendDurably(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<void> {
  await store.append(stream, expected, events);
  await store.flush();
}
