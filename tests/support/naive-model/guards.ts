/** Type guards and the few ways to combine them; no parsing, no messages. */
export type Guard<T> = (value: unknown) => value is T;
export type Guarded<G> = G extends Guard<infer T> ? T : never;

type Fields = Record<string, Guard<unknown>>;
type Flat<T> = { [K in keyof T]: T[K] };
export type Recorded<R extends Fields, O extends Fields> = Flat<
  { [K in keyof R]: Guarded<R[K]> } & { [K in keyof O]?: Guarded<O[K]> }
>;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Exactly these members: all the required ones, any of the optional ones and nothing else. */
export function record<R extends Fields, O extends Fields = Record<never, never>>(
  required: R,
  optional?: O,
): Guard<Recorded<R, O>> {
  const guards: Fields = { ...required, ...optional };
  return (value): value is Recorded<R, O> =>
    isObject(value) &&
    Object.keys(required).every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, member]) => Object.hasOwn(guards, name) && guards[name]?.(member) === true);
}

export function list<T>(item: Guard<T>, fewest: number): Guard<T[]> {
  return (value): value is T[] =>
    Array.isArray(value) && value.length >= fewest && value.length <= 1000 && value.every(item);
}

export function oneOf<const T extends string>(...values: readonly T[]): Guard<T> {
  return (value): value is T => values.some((allowed) => allowed === value);
}

export function where<T>(guard: Guard<T>, holds: (value: T) => boolean): Guard<T> {
  return (value): value is T => guard(value) && holds(value);
}

export function text(longest: number): Guard<string> {
  return (value): value is string => typeof value === 'string' && value.length >= 1 && value.length <= longest;
}

export function integer(smallest: number): Guard<number> {
  return (value): value is number => Number.isSafeInteger(value) && Number(value) >= smallest;
}

export const flag: Guard<boolean> = (value): value is boolean => typeof value === 'boolean';
