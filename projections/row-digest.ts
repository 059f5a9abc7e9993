import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Projection } from './projection.ts';
import { columnNames, quoted } from './table-definition.ts';

/** The digest of a projection's rows: SHA-256, base64url, over every row of its tables in the order of their keys. */
export interface RowDigest {
  readonly rows: number;
  readonly digest: string;
}

const ROWS_PER_UPDATE = 500;

/** Digests a projection's tables; `nameOf` tells under which name each stands. */
export function digestRows(
  database: DatabaseSync,
  { tables }: Projection,
  nameOf: (table: string) => string,
): RowDigest {
  const hash = createHash('sha256');
  let rows = 0;
  for (const table of tables) {
    const key = table.key.map(quoted).join(', ');
    const sql = `SELECT ${columnNames(table)} FROM ${quoted(nameOf(table.name))} ORDER BY ${key}`;
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    hash.update(`${table.name}\n`);
    let page: unknown[] = [];
    for (const row of statement.iterate()) {
      rows += 1;
      if (page.push(row) < ROWS_PER_UPDATE) continue;
      hash.update(JSON.stringify(page));
      page = [];
    }
    hash.update(JSON.stringify(page));
  }
  return { rows, digest: hash.digest('base64url') };
}

/** Whether a projection's tables hold the same rows under two names each. */
export function sameRows(
  database: DatabaseSync,
  { tables }: Projection,
  nameOf: (table: string) => string,
  otherNameOf: (table: string) => string,
): boolean {
  return tables.every((table) => {
    const [name, other] = [quoted(nameOf(table.name)), quoted(otherNameOf(table.name))];
    const key = table.key.map((column) => `a.${quoted(column)} = b.${quoted(column)}`).join(' AND ');
    const rows = Object.keys(table.columns).map(quoted);
    const rowOf = (alias: string) => `(${rows.map((column) => `${alias}.${column}`).join(', ')})`;
    const sql = `SELECT (SELECT count(*) FROM ${name}) = (SELECT count(*) FROM ${other}) AND NOT EXISTS
      (SELECT 1 FROM ${name} a LEFT JOIN ${other} b ON ${key} WHERE ${rowOf('a')} IS NOT ${rowOf('b')}) AS same`;
    return database.prepare(sql).get()?.same === 1;
  });
}
