import { LedgerError } from '../kernel/errors.ts';
import type { CatalogueEntry, LedgerEvent } from './catalogue.ts';
import { catalogue } from './catalogue.ts';
import { chainHash } from './chain.ts';
import type { EventMetadata, NewEvent, StoredEvent } from './envelope.ts';
import { newEventId } from './event-id.ts';
import { readAmounts, writeAmounts } from './field-plan.ts';

/** A decoded event with everything a question may ask of it. */
export interface DecodedEvent {
  readonly event: LedgerEvent;
  readonly metadata: EventMetadata;
  readonly stored: StoredEvent;
}

/** Brings an event into its stored form and links it to the last event of its stream. */
export function encodeEvent(
  event: LedgerEvent,
  metadata: EventMetadata,
  after: { readonly stream: string; readonly revision: number; readonly hash: string },
): NewEvent {
  const { type } = event;
  const entry = entryOf(type);
  // JSON leaves out what is undefined, and a copy of all members is written twice as fast as one of all but one.
  const fields: Record<string, unknown> = { ...event, type: undefined };
  writeAmounts(fields, entry.fields);
  if (entry.version > 1) fields.schemaVersion = entry.version;
  const { bodyDigest, commandId } = metadata;
  const texts = { id: newEventId(), type, metadata: JSON.stringify(metadata), data: JSON.stringify(fields), hash: '' };
  texts.hash = chainHash(after.hash, after.stream, after.revision + 1, texts);
  return bodyDigest === undefined ? texts : { ...texts, recordOf: commandId };
}

/** Reads the event back. It checks neither schema nor chain, which is what `verify` is for. */
export function decodeEvent(stored: Pick<StoredEvent, 'type' | 'data'>): LedgerEvent {
  const entry = entryOf(stored.type);
  let fields = objectOf(stored.data, stored);
  if (entry.upcasters.length > 0) fields = upcast(fields, entry);
  return inMemory(stored.type, fields, entry);
}

/**
 * Reads the event back and checks it against its schema. Errors: `store.corrupt` for an unknown type or another form;
 * a SyntaxError where the text is no JSON.
 */
export function checkedEvent({ type, data }: Pick<StoredEvent, 'type' | 'data'>): LedgerEvent {
  const entry = entryOf(type);
  let fields = JSON.parse(data) as Record<string, unknown>;
  if (entry.upcasters.length > 0) fields = upcast(fields, entry);
  if (!entry.schema.safeParse(fields).success) {
    throw new LedgerError('store.corrupt', `${type} has not the form of the catalogue`);
  }
  return inMemory(type, fields, entry);
}

/** Reads the event and its metadata back. */
export function decode(stored: StoredEvent): DecodedEvent {
  const metadata = decodeMetadata(stored);
  return { event: decodeEvent(stored), metadata, stored };
}

/** Reads only the metadata back. */
export function decodeMetadata(stored: Pick<StoredEvent, 'metadata'>): EventMetadata {
  return objectOf(stored.metadata, stored) as unknown as EventMetadata;
}

/** What a store gives back is checked no further; but damaged text is told from a fault of the program. */
function objectOf(text: string, stored: Partial<StoredEvent>): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  const { stream = '?', revision = '?' } = stored;
  throw new LedgerError('store.corrupt', `stream ${stream}, revision ${revision}: the event is no JSON object`);
}

/** What the catalogue knows of a type; an unknown one is an error. */
export function entryOf(type: string): CatalogueEntry {
  const entry = catalogue.get(type);
  if (entry === undefined) {
    throw new LedgerError('store.corrupt', `the log holds an event of the unknown type ${JSON.stringify(type)}`);
  }
  return entry;
}

function inMemory(type: string, fields: Record<string, unknown>, entry: CatalogueEntry): LedgerEvent {
  readAmounts(fields, entry.fields);
  fields.type = type;
  return fields as LedgerEvent;
}

/** Events written before the newest version name theirs in `schemaVersion`; version 1 does not name it. */
function upcast(stored: Record<string, unknown>, { upcasters }: CatalogueEntry): Record<string, unknown> {
  const { schemaVersion = 1, ...fields } = stored;
  return upcasters.slice(Number(schemaVersion) - 1).reduce((form, step) => step(form), fields);
}
