/**
 * The JSON text of a value with the members of every object in the order of their names by UTF-16 unit and without any
 * white space, so that equal values have equal texts whoever wrote them.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(withMembersInOrder(value));
}

/**
 * The same value with the members of every object in the order of their names; the value itself where they stand in
 * order already, which most senders' do in the lists of a command.
 */
export function withMembersInOrder(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map(withMembersInOrder);
  const members = value as Record<string, unknown>;
  const names = Object.keys(members);
  if (isInOrder(names) && names.every((name) => !isObject(members[name]))) return value;
  const sorted: Record<string, unknown> = {};
  for (const name of names.sort()) sorted[name] = withMembersInOrder(members[name]);
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
