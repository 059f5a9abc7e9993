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

/** The value itself where its members stand in order already, which most senders' do in the lists of a command. */
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const members = value as Record<string, unknown>;
  const names = Object.keys(members);
  if (isInOrder(names) && names.every((name) => !isObject(members[name]))) return value;
  const sorted: Record<string, unknown> = {};
  for (const name of names.sort()) sorted[name] = ordered(members[name]);
  return sorted;
}

function isInOrder(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index += 1) {
    if ((names[index - 1] ?? '') > (names[index] ?? '')) return false;
  }
  return true;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
