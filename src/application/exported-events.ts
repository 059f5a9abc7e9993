import { decodeMetadata, entryOf } from '../events/codec.ts';
import type { Position, StoredEvent } from '../events/envelope.ts';
import { dropPersonal } from '../events/field-plan.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import { EventOwners } from './event-owners.ts';

/** An event as it leaves the ledger: amounts are decimal strings. */
export interface ExportedEvent {
  /** Where to go on after this event. Opaque: only the ledger that gave it can resume from it. */
  readonly cursor: Position;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly effectiveOn?: CivilDate;
  readonly recordedAt: Instant;
  readonly commandId: string;
  /** Who gave the command; discloses a person. */
  readonly by?: string;
  /** The fields of the event; those that disclose a person are there only when asked for. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The link of the stream's hash chain; it covers the fields that are left out too. */
  readonly hash: string;
}

/** Which events, and what of them. */
export interface FollowOptions {
  /** Go on after the event of this cursor. */
  readonly after?: Position;
  /** Also fields that disclose a person (SPEC section 2). */
  readonly personal?: boolean;
  /** Only the events that are this payer's; what belongs to no payer is left out. */
  readonly payerId?: string;
}

export interface ExportOptions extends FollowOptions {
  /** How many events at most. */
  readonly limit?: number;
}

const EVENTS_PER_PAGE = 1_000;

/** The log, in its order, one event at a time. Errors: `query.invalid` for a cursor that is not of this ledger. */
export async function* exportedEvents(store: EventStore, options: ExportOptions = {}): AsyncIterable<ExportedEvent> {
  const { after, limit, personal = false } = options;
  const isWanted = wanted(store, options);
  if (after !== undefined) await refuseOtherCursor(after, store);
  let missing = limit ?? Number.POSITIVE_INFINITY;
  for (let position = after; missing > 0; ) {
    const asked = Math.min(EVENTS_PER_PAGE, missing);
    const { events, last } = await store.readAll({ after: position, limit: asked });
    for (const event of events) {
      if (!(await isWanted(event))) continue;
      missing -= 1;
      yield exported(event, personal);
    }
    if (events.length < asked) return;
    position = last;
    await letOthersIn();
  }
}

/**
 * The same log, and what comes while the signal has not been given. An event is given when it is durable.
 * Errors: `query.invalid` for a cursor that is not of this ledger.
 */
export async function* followedEvents(
  store: EventStore,
  { signal, ...options }: FollowOptions & { readonly signal: AbortSignal },
): AsyncIterable<ExportedEvent> {
  const { after, personal = false } = options;
  const isWanted = wanted(store, options);
  if (after !== undefined) await refuseOtherCursor(after, store);
  let seen = 0;
  for await (const event of store.subscribe({ ...(after === undefined ? {} : { after }), signal })) {
    if (await isWanted(event)) yield exported(event, personal);
    seen += 1;
    if (seen % EVENTS_PER_PAGE === 0) await letOthersIn();
  }
}

/** Tells which events are asked for. */
function wanted(store: EventStore, { payerId }: FollowOptions): (event: StoredEvent) => boolean | Promise<boolean> {
  if (payerId === undefined) return () => true;
  const owners = new EventOwners(store);
  return (event) => owners.isOf(payerId, event);
}

/** A long log is read without waiting for anything, so that nobody else would get a turn. */
function letOthersIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function exported(stored: StoredEvent, personal: boolean): ExportedEvent {
  const { position: cursor, stream, revision, type, hash } = stored;
  const { recordedAt, commandId, by } = decodeMetadata(stored);
  const fields = JSON.parse(stored.data) as Record<string, unknown>;
  if (!personal) dropPersonal(fields, entryOf(type).fields);
  const { effectiveOn, ...data } = fields;
  return {
    cursor,
    stream,
    revision,
    type,
    ...(typeof effectiveOn === 'string' ? { effectiveOn } : {}),
    recordedAt,
    commandId,
    ...(personal && by !== undefined ? { by } : {}),
    data,
    hash,
  };
}

async function refuseOtherCursor(cursor: Position, store: EventStore): Promise<void> {
  // A server would have to read all that follows to count it; the place itself is read at once.
  if (store.shared && (await store.at(cursor)) !== undefined) return;
  // A place that the log does not have is told by how much follows it: no whole number, less than nothing or too much.
  const following = cursor.trim() === '' ? Number.NaN : await store.countAfter(cursor);
  if (Number.isInteger(following) && following >= 0 && following <= (await store.countAfter())) return;
  throw new LedgerError('query.invalid', `after: ${JSON.stringify(cursor)} is no cursor of this ledger`);
}
