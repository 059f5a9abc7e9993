import { decodeMetadata, entryOf } from '../events/codec.ts';
import type { Position, StoredEvent } from '../events/envelope.ts';
import { dropPersonal } from '../events/field-plan.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';

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

export interface ExportOptions {
  /** Go on after the event of this cursor. */
  readonly after?: Position;
  /** How many events at most. */
  readonly limit?: number;
  /** Also fields that disclose a person (SPEC section 2). */
  readonly personal?: boolean;
}

const EVENTS_PER_PAGE = 1_000;

/** The log, in its order, one event at a time. Errors: `query.invalid` for a cursor that is not of this ledger. */
export async function* exportedEvents(
  store: EventStore,
  { after, limit, personal = false }: ExportOptions = {},
): AsyncIterable<ExportedEvent> {
  if (after !== undefined) await refuseOtherCursor(after, store);
  let wanted = limit ?? Number.POSITIVE_INFINITY;
  for (let position = after; wanted > 0; ) {
    const asked = Math.min(EVENTS_PER_PAGE, wanted);
    const { events, last } = await store.readAll({ after: position, limit: asked });
    for (const event of events) yield exported(event, personal);
    if (events.length < asked) return;
    wanted -= events.length;
    position = last;
  }
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
  // A place that the log does not have is told by how much follows it: no whole number, less than nothing or too much.
  const following = cursor.trim() === '' ? Number.NaN : await store.countAfter(cursor);
  if (Number.isInteger(following) && following >= 0 && following <= (await store.countAfter())) return;
  throw new LedgerError('query.invalid', `${JSON.stringify(cursor)} is no cursor of this ledger`);
}
