import { hash } from 'node:crypto';
import type { AllStreamRecordedEvent, BinaryEventData, RecordedEvent } from '@eventstore/db-client';
import { binaryEvent } from '@eventstore/db-client';
import type { NewEvent, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import { positionText } from './positions.ts';

/**
 * An event as the server keeps it. Data go as the very bytes the hash covers, so as binary: a client that parses and
 * writes JSON anew may order members otherwise. The server's id is made of hash and id, so that the server tells another
 * event under the same id apart when an append comes again.
 */
export function toServer({ id, type, data, metadata, hash: link }: NewEvent): BinaryEventData {
  return binaryEvent({
    id: serverIdOf(id, link),
    type,
    data: Buffer.from(data),
    metadata: Buffer.from(JSON.stringify({ id, hash: link, metadata })),
  }) as BinaryEventData;
}

/** An event the server has given back. Errors: `store.corrupt` for one that is not the ledger's. */
export function fromServer(event: RecordedEvent | AllStreamRecordedEvent, stream: string): StoredEvent {
  const { metadata: kept, data, revision, type, position } = event;
  if (!(data instanceof Uint8Array) || !isOurs(kept) || position === undefined) {
    throw new LedgerError('store.corrupt', `stream ${stream}, revision ${revision}: ${type} is no event of a ledger`);
  }
  return {
    position: positionText(position),
    stream,
    revision: Number(revision),
    id: kept.id,
    type,
    metadata: kept.metadata,
    data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'),
    hash: kept.hash,
  };
}

interface Kept {
  readonly id: string;
  readonly hash: string;
  readonly metadata: string;
}

function isOurs(kept: unknown): kept is Kept {
  return typeof kept === 'object' && kept !== null && 'id' in kept && 'hash' in kept && 'metadata' in kept;
}

/** A UUID, which the server asks for, with the marks of version 8: made by a rule of one's own. */
function serverIdOf(id: string, link: string): string {
  const digits = hash('sha256', `${link}\n${id}`, 'hex');
  const variant = '89ab'[Number.parseInt(digits.slice(16, 17), 16) % 4] ?? '8';
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}
