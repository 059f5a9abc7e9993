/** A row as SQLite answers it. */
export type Row = Readonly<Record<string, string | number | null>>;

/** What a value has to look like: any text, a civil date, a civil month, or one of the values listed. */
export type FilterForm = 'text' | 'day' | 'month' | readonly string[];

/** A condition that a caller may ask for. */
export interface Filter {
  /** The condition, with `?` where the value is to stand; the row is called `item` in it. */
  readonly condition: string;
  readonly form: FilterForm;
}

/** One registry: where its rows come from, in which order, by what they can be narrowed, what is shown of them. */
export interface RegistryDefinition<Item, FilterName extends string, SortName extends string> {
  /** The select without WHERE; every column it names is known by that name to the conditions. */
  readonly select: string;
  /** The columns that order the rows and tell them apart. */
  readonly key: readonly string[];
  readonly filters: { readonly [Name in FilterName]: Filter };
  /** The columns that rows can be ordered by instead; those that are equal in it are ordered by the key. */
  readonly sorts: readonly SortName[];
  item(row: Row, options: { readonly personal: boolean }): Item;
}

/** Writes a definition down with its types inferred. */
export function registry<Item, FilterName extends string, const SortName extends string>(
  definition: RegistryDefinition<Item, FilterName, SortName>,
): RegistryDefinition<Item, FilterName, SortName> {
  return definition;
}

/** The column has the value. */
export function equals(column: string): Filter {
  return { condition: `"${column}" = ?`, form: 'text' };
}

/** The column, or an expression, has one of the known values. */
export function oneOf(expression: string, ...known: readonly string[]): Filter {
  return { condition: `${expression} = ?`, form: known };
}

/** The condition holds on a day. */
export function onDay(condition: string): Filter {
  return { condition, form: 'day' };
}

/** The column is of a month. */
export function ofMonth(condition: string): Filter {
  return { condition, form: 'month' };
}

/** Any value, under a condition of its own. */
export function matching(condition: string): Filter {
  return { condition, form: 'text' };
}
