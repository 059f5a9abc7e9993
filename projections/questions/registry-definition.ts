import { isCivilDate, isCivilMonth } from '../../src/kernel/civil-date.ts';

/** A row as SQLite answers it. */
export type Row = Readonly<Record<string, string | number | null>>;

/** A condition that a caller may ask for. */
export interface Filter {
  /** The condition, with `?` wherever the value is to stand. */
  readonly condition: string;
  /** Says what is wrong with a value, or nothing. */
  readonly refuse: (value: string) => string | undefined;
}

/** One registry: where its rows come from, in which order, by what they can be narrowed, what is shown of them. */
export interface RegistryDefinition<Item, FilterName extends string> {
  /** The select without WHERE; every column it names is known by that name to the conditions. */
  readonly select: string;
  /** The columns that order the rows and tell them apart. */
  readonly key: readonly string[];
  readonly filters: { readonly [Name in FilterName]: Filter };
  item(row: Row, options: { readonly personal: boolean }): Item;
}

/** Writes a definition down with its types inferred. */
export function registry<Item, FilterName extends string>(
  definition: RegistryDefinition<Item, FilterName>,
): RegistryDefinition<Item, FilterName> {
  return definition;
}

/** The column has the value. */
export function equals(column: string): Filter {
  return { condition: `"${column}" = ?`, refuse: () => undefined };
}

/** The column, or an expression, has one of the known values. */
export function oneOf(expression: string, ...known: readonly string[]): Filter {
  return {
    condition: `${expression} = ?`,
    refuse: (value) => (known.includes(value) ? undefined : `is none of ${known.join(', ')}`),
  };
}

/** The condition holds on a day. */
export function onDay(condition: string): Filter {
  return { condition, refuse: (value) => (isCivilDate(value) ? undefined : 'is no date YYYY-MM-DD') };
}

/** The column is of a month. */
export function ofMonth(condition: string): Filter {
  return { condition, refuse: (value) => (isCivilMonth(value) ? undefined : 'is no month YYYY-MM') };
}

/** Any value, under a condition of its own. */
export function matching(condition: string): Filter {
  return { condition, refuse: () => undefined };
}
