import { randomUUID } from 'node:crypto';
import { LedgerError } from '../kernel/errors.ts';
import type { EventType, LedgerEvent } from './catalogue.ts';
import { catalogue } from './catalogue.ts';
import { chainHash } from './chain.ts';
import type { EventMetadata, NewEvent, StoredEvent } from './envelope.ts';
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
  const { type, ...fields } = event;
  writeAmounts(fields, entryOf(type).fields);
  const stored = {
    id: randomUUID(),
    type,
    metadata: JSON.stringify(metadata),
    data: JSON.stringify(fields),
  };
  const hash = chainHash(after.hash, after.stream, after.revision + 1, stored);
  return metadata.bodyDigest === undefined
    ? { ...stored, hash }
    : { ...stored, hash, recordOf: metadata.commandId };
}

/** Reads the event back. It checks neither schema nor chain, which is what `verify` is for. */
export function decodeEvent(stored: Pick<StoredEvent, 'type' | 'data'>, version = 1): LedgerEvent {
  const entry = entryOf(stored.type);
  let fields = JSON.parse(stored.data) as Record<string, unknown>;
  for (const upcast of entry.upcasters.slice(version - 1)) fields = upcast(fields);
  readAmounts(fields, entry.fields);
  fields.type = stored.type;
  return fields as LedgerEvent;
}

/** Reads the event and its metadata back. */
export function decode(stored: StoredEvent): DecodedEvent {
  const metadata = decodeMetadata(stored);
  return { event: decodeEvent(stored, metadata.version), metadata, stored };
}

/** Reads only the metadata back. */
export function decodeMetadata(stored: Pick<StoredEvent, 'metadata'>): EventMetadata {
  return JSON.parse(stored.metadata) as EventMetadata;
}

/** What the catalogue knows of a type; an unknown one is an error. */
export function entryOf(type: string) {
  const entry = catalogue.get(type);
  if (entry === undefined) {
    throw new LedgerError('store.corrupt', `the log holds an event of the unknown type ${JSON.stringify(type)}`);
  }
  return entry;
}

export type { EventType };
