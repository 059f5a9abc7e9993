import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Projection } from './projection.ts';
import { columnNames, quoted } from './table-definition.ts';

/** The digest of a projection's rows: SHA-256, base64url, over every row of its tables in the order of their keys. */
export interface RowDigest {
  readonly rows: number;
  readonly digest: string;
}

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
    for (const row of statement.iterate()) {
      hash.update(`${JSON.stringify(row)}\n`);
      rows += 1;
    }
  }
  return { rows, digest: hash.digest('base64url') };
}
