import { hash } from 'node:crypto';
import { withMembersInOrder } from './canonical-json.ts';

/**
 * SHA-256 of a command's body: all fields but `id` and `at`, as they were sent, member order aside (SPEC section 9).
 */
export function bodyDigest(raw: object): string {
  const body: Record<string, unknown> = {};
  for (const name of Object.keys(raw).sort()) {
    // Left out while it is built: an object that members are deleted from is slow from then on.
    if (name !== 'id' && name !== 'at') body[name] = withMembersInOrder((raw as Record<string, unknown>)[name]);
  }
  return digestOfText(JSON.stringify(body));
}

/** The same of the text itself. */
export function digestOfText(body: string): string {
  return hash('sha256', body, 'base64url');
}
