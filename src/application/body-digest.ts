import { hash } from 'node:crypto';

/**
 * SHA-256 of a command's body: all fields but `id` and `at`, as they were sent, member order aside (SPEC section 9).
 */
export function bodyDigest(raw: object): string {
  const body: Record<string, unknown> = {};
  for (const name of Object.keys(raw).sort()) {
    // Left out while it is built: an object that members are deleted from is slow from then on.
    if (name !== 'id' && name !== 'at') body[name] = ordered((raw as Record<string, unknown>)[name]);
  }
  return hash('sha256', JSON.stringify(body), 'base64url');
}

function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const members = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(members).sort()) sorted[name] = ordered(members[name]);
  return sorted;
}
