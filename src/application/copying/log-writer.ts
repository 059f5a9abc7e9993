import type { LedgerEvent } from '../../events/catalogue.ts';
import type { EventMetadata, NewEvent, StoredEvent } from '../../events/envelope.ts';

/** An event of the log that is copied, read once for everybody. */
export interface CopiedEvent {
  readonly stored: StoredEvent;
  readonly event: LedgerEvent;
  readonly metadata: EventMetadata;
}

/** Takes the events of a log in their order. */
export interface LogWriter {
  /** One that is to be appended; answers something to wait for, where there is any. */
  take(event: CopiedEvent): Promise<void> | undefined;
  /** Lets nothing that is taken later overtake what has been taken. */
  separate(): Promise<void>;
  /** One that is in the target. */
  pass(event: CopiedEvent): void;
  /** How many of those taken are not in the target yet. */
  readonly waiting: number;
  /** Resolves when everything taken is in the target and durable. */
  end(): Promise<void>;
  /** Begins nothing more, and resolves when nothing is on its way. */
  stop(): Promise<void>;
}

/** The event as it is appended to another store, as the record of its command where it is that. */
export function newEvent({ stored, metadata }: Pick<CopiedEvent, 'stored' | 'metadata'>): NewEvent {
  const event = withoutPlace(stored);
  return metadata.bodyDigest === undefined ? event : { ...event, recordOf: metadata.commandId };
}

/** The event without anything of the store it comes from. */
export function withoutPlace({ id, type, metadata, data, hash }: StoredEvent): NewEvent {
  return { id, type, metadata, data, hash };
}
