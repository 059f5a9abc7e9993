import type { Kopecks } from '../../src/kernel/money.ts';
import type { Cell } from './model.ts';

/** The sum of a column of amounts; what is no figure counts nothing. */
export function columnTotal(rows: readonly (readonly Cell[])[], column: number): Kopecks {
  return rows.reduce((sum, row) => sum + Number(row[column] ?? 0), 0);
}
