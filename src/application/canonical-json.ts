/**
 * The JSON text of a value with the members of every object in the order of their names by UTF-16 unit and without any
 * white space, so that equal values have equal texts whoever wrote them.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(withMembersInOrder(value));
}

/** The same value with the members of every object in the order of their names. */
export function withMembersInOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withMembersInOrder);
  const members = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(members).sort()) sorted[name] = withMembersInOrder(members[name]);
  return sorted;
}
