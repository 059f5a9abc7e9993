import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { LedgerError } from '../../src/kernel/errors.ts';
import type { RegistryFilter, RegistryItem, RegistryName } from './registries.ts';
import { registries } from './registries.ts';
import type { Filter, RegistryDefinition, Row } from './registry-definition.ts';

/** Which part of a registry is wanted. */
export interface RegistryOptions<Name extends RegistryName> {
  readonly filter?: RegistryFilter<Name>;
  /** Where to go on: the `next` of an earlier page of the same registry. */
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

/**
 * One page of a registry, by its key as text. Keys of later pages follow those of earlier ones whatever is written in
 * between. Errors: `query.invalid` for an unknown registry, condition, value or cursor.
 */
export function registryPage<Name extends RegistryName>(
  database: DatabaseSync,
  name: Name,
  { filter = {}, after, limit = ITEMS_PER_PAGE, personal = false }: RegistryOptions<Name> = {},
): RegistryPage<RegistryItem<Name>> {
  const definition = definitionOf(name);
  refuseLimit(limit);
  const rows = rowsAfter(database, name, filter, after === undefined ? undefined : keyOf(name, after), limit + 1);
  const shown = rows.slice(0, limit);
  const items = shown.map((row) => definition.item(row, { personal })) as RegistryItem<Name>[];
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return last === undefined ? { items } : { items, next: cursorOf(name, last) };
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

/** The definition, seen without its types: names and values come from outside and are checked here. */
function definitionOf(name: string): RegistryDefinition<unknown, string> {
  if (Object.hasOwn(registries, name)) return registries[name as RegistryName] as RegistryDefinition<unknown, string>;
  throw new LedgerError('query.invalid', `there is no registry ${name}; there are ${registryNames.join(', ')}`);
}

function rowsAfter(
  database: DatabaseSync,
  name: RegistryName,
  filter: Readonly<Record<string, string | undefined>>,
  after: readonly string[] | undefined,
  limit: number,
): Row[] {
  const { select, key } = definitionOf(name);
  const asked = Object.entries(filter).flatMap(([condition, value]) =>
    value === undefined ? [] : [{ ...conditionOf(name, condition, value), value }],
  );
  const columns = key.map((column) => `"${column}"`).join(', ');
  const conditions = asked.map(({ condition }) => condition);
  if (after !== undefined) conditions.push(`(${columns}) > (${key.map(() => '?').join(', ')})`);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const values: SQLInputValue[] = [...asked.map(({ value }) => value), ...(after ?? []), limit];
  const statement = database.prepare(`SELECT * FROM (${select}) ${where} ORDER BY ${columns} LIMIT ?`);
  return statement.all(...values) as Row[];
}

function conditionOf(name: RegistryName, condition: string, value: string): Filter {
  const { filters } = definitionOf(name);
  const filter = Object.hasOwn(filters, condition) ? filters[condition] : undefined;
  if (filter === undefined) {
    const known = filterNamesOf(name).join(', ');
    throw new LedgerError('query.invalid', `${name} cannot be filtered by ${condition}, but by ${known}`);
  }
  const wrong = filter.refuse(value);
  if (wrong !== undefined) throw new LedgerError('query.invalid', `${condition} ${JSON.stringify(value)} ${wrong}`);
  return filter;
}

function refuseLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new LedgerError('query.invalid', `limit ${limit} is no whole number from 1 on`);
}

/** Names the registry too, so that a cursor is not taken for one of another registry. */
function cursorOf(name: RegistryName, row: Row): string {
  const { key } = definitionOf(name);
  return Buffer.from(JSON.stringify([name, ...key.map((column) => row[column])])).toString('base64url');
}

function keyOf(name: RegistryName, cursor: string): readonly string[] {
  const refusal = (cause?: unknown) =>
    new LedgerError('query.invalid', `${JSON.stringify(cursor)} is no cursor of the registry ${name}`, { cause });
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(error);
  }
  const isText = (part: unknown): part is string => typeof part === 'string';
  if (!Array.isArray(parts) || !parts.every(isText)) throw refusal();
  const [of, ...key] = parts;
  if (of !== name || key.length !== definitionOf(name).key.length) throw refusal();
  return key;
}
