import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** The body of a 304. */
export const nothing = z.undefined();

/**
 * Names the revision an answer was read at, or an earlier one: whoever sends it as `If-Match` is refused rather than
 * let through. Only this client may keep the answer, and it asks again before it uses it.
 */
export function tagWithRevision(reply: FastifyReply, revision: number | undefined): void {
  if (revision === undefined) return;
  reply.header('ETag', `"${revision}"`).header('Cache-Control', 'private, no-cache');
}

/** Whether the client has what stands at this revision already. */
export function isKnown({ headers }: FastifyRequest, revision: number | undefined): boolean {
  const known = headers['if-none-match'];
  if (known === undefined || revision === undefined) return false;
  const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(`"${revision}"`);
}
