import type { DatabaseSync } from 'node:sqlite';
import { compareCodePoints } from '../src/kernel/order.ts';
import type { TableDefinition } from './table-definition.ts';
import { columnNames, quoted } from './table-definition.ts';

type Row = readonly (string | number | null)[];

const ROWS_AT_ONCE = 2_000;

/** Where a table of the read models differs from the same table of a replay, one sentence a row, at most so many. */
export function differencesBetween<Of extends object>(
  definition: TableDefinition<Of>,
  readModels: DatabaseSync,
  replay: DatabaseSync,
  atMost: number,
): readonly string[] {
  const differences: string[] = [];
  const found = rowsOf(definition, readModels);
  const expected = rowsOf(definition, replay);
  let has = found.next();
  let wants = expected.next();
  while (differences.length < atMost && !(has.done && wants.done)) {
    const order = orderOf(has.value, wants.value, definition.key.length);
    if (order === 0 && !isSame(has.value, wants.value)) {
      differences.push(
        `${nameOf(definition, wants.value)} is not what the log says: ${unequal(definition, has.value, wants.value)}`,
      );
    }
    if (order > 0) differences.push(`${nameOf(definition, wants.value)} is missing`);
    if (order < 0) differences.push(`${nameOf(definition, has.value)} is not in the log`);
    if (order <= 0) has = found.next();
    if (order >= 0) wants = expected.next();
  }
  found.return(undefined);
  expected.return(undefined);
  return differences;
}

/** Pages into arrays take half the time of a row at a time. */
function* rowsOf<Of extends object>(
  definition: TableDefinition<Of>,
  database: DatabaseSync,
): Generator<Row, undefined> {
  const key = definition.key.map(quoted).join(', ');
  const marks = definition.key.map(() => '?').join(', ');
  const select = `SELECT ${columnNames(definition)} FROM ${quoted(definition.name)}`;
  const page = (where: string, ...after: Row) => {
    const statement = database.prepare(`${select} ${where} ORDER BY ${key} LIMIT ${ROWS_AT_ONCE}`);
    statement.setReturnArrays(true);
    return statement.all(...after) as unknown as Row[];
  };
  let rows = page('');
  yield* rows;
  while (rows.length === ROWS_AT_ONCE) {
    rows = page(`WHERE (${key}) > (${marks})`, ...(rows.at(-1) ?? []).slice(0, definition.key.length));
    yield* rows;
  }
  return undefined;
}

function isSame(has: Row | undefined, wants: Row | undefined): boolean {
  return has !== undefined && wants !== undefined && has.every((value, index) => value === wants[index]);
}

/** Below 0 when the first row comes before the second by its key, in the order of the store. */
function orderOf(first: Row | undefined, second: Row | undefined, parts: number): number {
  if (first === undefined) return 1;
  if (second === undefined) return -1;
  for (let part = 0; part < parts; part += 1) {
    if (first[part] === second[part]) continue;
    return compareCodePoints(String(first[part]), String(second[part]));
  }
  return 0;
}

function nameOf<Of extends object>({ name, key }: TableDefinition<Of>, row: Row | undefined): string {
  return `read model ${name}, row ${(row ?? []).slice(0, key.length).join(', ')}`;
}

function unequal<Of extends object>(
  { columns }: TableDefinition<Of>,
  has: Row | undefined,
  wants: Row | undefined,
): string {
  return Object.keys(columns)
    .map((column, index) => [column, has?.[index], wants?.[index]] as const)
    .filter(([, is, should]) => is !== should)
    .map(([column, is, should]) => `${column} ${is} instead of ${should}`)
    .join(', ');
}
