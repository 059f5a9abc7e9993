import { BOOKKEEPING } from '../events/catalogue.ts';
import { decode } from '../events/codec.ts';
import { commandStream } from '../events/command-record.ts';
import type { StoredEvent } from '../events/envelope.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { EventStore } from '../store/event-store.ts';
import type { ParsedCommand } from './commands.ts';
import { outcomeOf } from './dispatch.ts';
import type { Handled } from './handled.ts';
import { handledOf } from './handled.ts';

/** How many events of a command's own stream are read for its replay. */
const REPLAYED_AT_ONCE = 1_000;

/** What the events of one stream tell of their command, the first of which is its record. */
export async function toldByEvents(
  command: ParsedCommand,
  record: StoredEvent,
  store: EventStore,
): Promise<Handled & { readonly revision: number }> {
  const stored = await store.read(record.stream, { from: record.revision, limit: REPLAYED_AT_ONCE });
  const own = stored.map(decode).filter(({ metadata }) => metadata.commandId === command.id);
  const events = own.map(({ event }) => event);
  return {
    events: events.map(({ type }) => type).filter((type) => !BOOKKEEPING.has(type)),
    outcome: outcomeOf(command, events),
    revision: own.at(-1)?.stored.revision ?? record.revision,
  };
}

/** What a command that is remembered in a stream of its own has done; none while it is not completed. */
export async function completedHandling(commandId: string, store: EventStore): Promise<Handled | undefined> {
  for (const stored of await store.read(commandStream(commandId))) {
    const { event } = decode(stored);
    if (event.type === 'CommandCompleted') return handledOf(event);
  }
  return undefined;
}

/** The intent with which a command over several streams was begun. Errors: `store.corrupt`. */
export async function storedIntent(commandId: string, store: EventStore) {
  const [begun] = await store.read(commandStream(commandId), { limit: 1 });
  if (begun === undefined)
    throw new LedgerError('store.corrupt', `the intent of command ${commandId} is not in the log`);
  const { event, metadata } = decode(begun);
  if (event.type !== 'CommandBegun') {
    throw new LedgerError('store.corrupt', `the stream of command ${commandId} does not begin with its intent`);
  }
  return { event, metadata };
}
