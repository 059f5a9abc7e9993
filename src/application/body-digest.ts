import { hash } from 'node:crypto';

/**
 * SHA-256 of a command's body: all fields but `id` and `at`, as they were sent, member order aside (SPEC section 9).
 */
export function bodyDigest(raw: object): string {
  const body: Record<string, unknown> = { ...raw };
  delete body.id;
  delete body.at;
  return hash('sha256', JSON.stringify(ordered(body)), 'base64url');
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(members).sort()) sorted[name] = ordered(members[name]);
  return sorted;
}
