import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { isCivilDate, isCivilMonth } from '../../src/kernel/civil-date.ts';
import { LedgerError } from '../../src/kernel/errors.ts';
import type { RegistryFilter, RegistryItem, RegistryName, RegistrySort } from './registries.ts';
import { registries } from './registries.ts';
import type { Filter, FilterForm, RegistryDefinition, Row } from './registry-definition.ts';

/** Which part of a registry is wanted. */
export interface RegistryOptions<Name extends RegistryName> {
  readonly filter?: RegistryFilter<Name>;
  /** Conditions that hold whatever else is asked for: whose rows the asker may see at all. */
  readonly scope?: RegistryFilter<Name>;
  /** A field to order by, `-field` for the other direction; by the key without it. */
  readonly sort?: RegistrySort<Name> | `-${RegistrySort<Name>}`;
  /** Where to go on: the `next` of an earlier page of the same registry in the same order. */
  readonly after?: string;
  /** How many items at most, a whole number from 1 on. */
  readonly limit?: number;
  /** Also fields that disclose a person (SPEC section 2). */
  readonly personal?: boolean;
}

/** A part of a registry; `next` is there while more items follow. */
export interface RegistryPage<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** A page nobody has set a limit for. */
const ITEMS_PER_PAGE = 100;
/** How many rows are read at once while a whole registry streams by. */
const ROWS_AT_ONCE = 500;

/** The names of all registries, in the order the help shows them. */
export const registryNames = Object.keys(registries) as readonly RegistryName[];

/** The conditions a registry knows. Errors: `query.invalid` for an unknown registry. */
export function filterNamesOf(name: RegistryName): readonly string[] {
  return Object.keys(definitionOf(name).filters);
}

/** The conditions a registry knows, each with what its value has to look like. */
export function filterFormsOf(name: RegistryName): Readonly<Record<string, FilterForm>> {
  return Object.fromEntries(Object.entries(definitionOf(name).filters).map(([filter, { form }]) => [filter, form]));
}

/** The fields a registry can be sorted by. */
export function sortNamesOf(name: RegistryName): readonly string[] {
  return definitionOf(name).sorts;
}

/**
 * One page of a registry, by its key as text or by the field asked for. Whatever is written in between, later pages
 * follow earlier ones in the order of what they are sorted by: nobody is listed twice unless that very field has changed.
 * Errors: `query.invalid` for an unknown registry, condition, value, field or cursor.
 */
export function registryPage<Name extends RegistryName>(
  database: DatabaseSync,
  name: Name,
  { filter = {}, scope = {}, sort, after, limit = ITEMS_PER_PAGE, personal = false }: RegistryOptions<Name> = {},
): RegistryPage<RegistryItem<Name>> {
  const definition = definitionOf(name);
  refuseLimit(limit);
  const order = orderOf(name, sort);
  const conditions = [...conditionsOf(name, filter), ...conditionsOf(name, scope)];
  if (after !== undefined) conditions.push(behind(order, readCursor(name, order, after)));
  const rows = rowsOf(database, definition.select, { conditions, order, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const items = shown.map((row) => definition.item(row, { personal })) as RegistryItem<Name>[];
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return last === undefined ? { items } : { items, next: cursorAt(name, order, last) };
}

/** A whole registry, or what a limit leaves of it, read a few rows at a time so that its size costs no memory. */
export function* registryItems<Name extends RegistryName>(
  database: DatabaseSync,
  name: Name,
  { limit, ...options }: RegistryOptions<Name> = {},
): Iterable<RegistryItem<Name>> {
  if (limit !== undefined) refuseLimit(limit);
  let wanted = limit ?? Number.POSITIVE_INFINITY;
  for (let { after } = options; wanted > 0; ) {
    const rest = after === undefined ? {} : { after };
    const page = registryPage(database, name, { ...options, ...rest, limit: Math.min(ROWS_AT_ONCE, wanted) });
    yield* page.items;
    if (page.next === undefined) return;
    wanted -= page.items.length;
    after = page.next;
  }
}

/** The order of the rows: columns whose values together tell every row apart, all in the same direction. */
interface Order {
  /** As it was asked for; a cursor belongs to it. */
  readonly sort: string;
  readonly columns: readonly string[];
  readonly descending: boolean;
}

/** A condition with the values for its marks. */
interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** The definition, seen without its types: names and values come from outside and are checked here. */
function definitionOf(name: string): RegistryDefinition<unknown, string, string> {
  if (Object.hasOwn(registries, name)) {
    return registries[name as RegistryName] as RegistryDefinition<unknown, string, string>;
  }
  throw new LedgerError('query.invalid', `there is no registry ${name}; there are ${registryNames.join(', ')}`);
}

function orderOf(name: RegistryName, sort = ''): Order {
  const { key, sorts } = definitionOf(name);
  const descending = sort.startsWith('-');
  const field = descending ? sort.slice(1) : sort;
  if (sort === '') return { sort, columns: key, descending };
  if (!sorts.includes(field)) {
    throw new LedgerError('query.invalid', `sort: ${name} cannot be sorted by ${field}, but by ${sorts.join(', ')}`);
  }
  return { sort, columns: [field, ...key.filter((column) => column !== field)], descending };
}

function rowsOf(
  database: DatabaseSync,
  select: string,
  { conditions, order, limit }: { conditions: readonly Condition[]; order: Order; limit: number },
): Row[] {
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  const by = order.columns.map((column) => `${ordered(column)}${order.descending ? ' DESC' : ''}`).join(', ');
  const statement = database.prepare(`SELECT * FROM (${select}) AS item ${where} ORDER BY ${by} LIMIT ?`);
  return statement.all(...conditions.flatMap(({ values }) => values), limit) as Row[];
}

/** A date that has not come yet stands before all others; compared as it is, it would stand nowhere. */
function ordered(column: string): string {
  return NULLABLE.has(column) ? `coalesce("${column}", '')` : `"${column}"`;
}

const NULLABLE: ReadonlySet<string> = new Set(['suspendedFrom', 'decidedOn', 'closedOn', 'terminatedOn', 'releasedOn']);

function behind({ columns, descending }: Order, values: readonly SQLInputValue[]): Condition {
  const marks = values.map(() => '?').join(', ');
  return { sql: `(${columns.map(ordered).join(', ')}) ${descending ? '<' : '>'} (${marks})`, values };
}

function conditionsOf(name: RegistryName, filter: Readonly<Record<string, string | undefined>>): Condition[] {
  return Object.entries(filter).flatMap(([condition, value]) =>
    value === undefined ? [] : [{ sql: conditionOf(name, condition, value).condition, values: [value] }],
  );
}

function conditionOf(name: RegistryName, condition: string, value: string): Filter {
  const { filters } = definitionOf(name);
  const filter = Object.hasOwn(filters, condition) ? filters[condition] : undefined;
  if (filter === undefined) {
    const known = filterNamesOf(name).join(', ');
    throw new LedgerError('query.invalid', `${name} cannot be filtered by ${condition}, but by ${known}`);
  }
  const wrong = refusalOf(filter.form, value);
  if (wrong !== undefined) throw new LedgerError('query.invalid', `${condition} ${JSON.stringify(value)} ${wrong}`);
  return filter;
}

/** Says what is wrong with a value, or nothing. */
function refusalOf(form: FilterForm, value: string): string | undefined {
  if (form === 'text') return undefined;
  if (form === 'day') return isCivilDate(value) ? undefined : 'is no date YYYY-MM-DD';
  if (form === 'month') return isCivilMonth(value) ? undefined : 'is no month YYYY-MM';
  return form.includes(value) ? undefined : `is none of ${form.join(', ')}`;
}

function refuseLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new LedgerError('query.invalid', `limit ${limit} is no whole number from 1 on`);
}

/** Names the registry and the order too, so that a cursor is not taken for one of another list. */
function cursorAt(name: RegistryName, { sort, columns }: Order, row: Row): string {
  const values = columns.map((column) => row[column] ?? '');
  return Buffer.from(JSON.stringify([name, sort, ...values])).toString('base64url');
}

function readCursor(name: RegistryName, { sort, columns }: Order, cursor: string): readonly (string | number)[] {
  const refusal = (cause?: unknown) => {
    const list = sort === '' ? name : `${name} sorted by ${sort}`;
    return new LedgerError('query.invalid', `after: ${JSON.stringify(cursor)} is no cursor of the registry ${list}`, {
      cause,
    });
  };
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(error);
  }
  const isValue = (part: unknown): part is string | number => typeof part === 'string' || typeof part === 'number';
  if (!Array.isArray(parts) || !parts.every(isValue)) throw refusal();
  const [of, by, ...values] = parts;
  if (of !== name || by !== sort || values.length !== columns.length) throw refusal();
  return values;
}
