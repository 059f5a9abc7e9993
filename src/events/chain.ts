import { hash } from 'node:crypto';
import type { NewEvent } from './envelope.ts';

/** What the first event of a stream is linked to. */
export const CHAIN_START = '';

/**
 * The link of a stream's hash chain: SHA-256, base64url, over the previous link, the stream's name, the revision, the
 * type, the event's id, its metadata and its data. Line feeds separate them: only the name could contain one, and it is
 * written as JSON.
 */
export function chainHash(
  previous: string,
  stream: string,
  revision: number,
  event: Pick<NewEvent, 'type' | 'id' | 'metadata' | 'data'>,
): string {
  return hash(
    'sha256',
    `${previous}\n${JSON.stringify(stream)}\n${revision}\n${event.type}\n${event.id}\n${event.metadata}\n${event.data}`,
    'base64url',
  );
}
