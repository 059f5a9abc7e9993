import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { TableDefinition } from './table-definition.ts';
import { columnNames, GONE, quoted } from './table-definition.ts';

/** Where a table reads its rows and writes them; an overlay keeps a mark for what it deletes. */
export interface Place {
  readonly read: string;
  readonly write: string;
  readonly overlay: boolean;
}

interface Held<Row> {
  row: Row | undefined;
  changed: boolean;
}

/** Separates the parts of a key; no id can contain it. */
const SEPARATOR = '\u0000';

/**
 * A table while it is being folded into: rows are read once, changed in memory and written together with the checkpoint.
 * A row changed a thousand times in between is written once.
 */
export class Table<Row extends object> {
  readonly definition: TableDefinition<Row>;
  readonly #rows = new Map<string, Held<Row>>();
  readonly #columns: readonly (keyof Row & string)[];
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  /** True while every row of the table is in memory, so that what is not there does not exist. */
  #complete: boolean;

  constructor(database: DatabaseSync, definition: TableDefinition<Row>, { read, write, overlay }: Place) {
    this.definition = definition;
    this.#columns = Object.keys(definition.columns) as (keyof Row & string)[];
    const columns = columnNames(definition);
    const where = definition.key.map((column) => `${quoted(column)} = ?`).join(' AND ');
    const values = this.#columns.map(() => '?').join(', ');
    this.#select = database.prepare(`SELECT ${columns} FROM ${read} WHERE ${where}`);
    this.#upsert = database.prepare(`INSERT OR REPLACE INTO ${write}(${columns}) VALUES (${values})`);
    const key = definition.key.map(quoted).join(', ');
    const marks = definition.key.map(() => '?').join(', ');
    this.#delete = database.prepare(
      overlay
        ? `INSERT OR REPLACE INTO ${write}(${key}, ${GONE}) VALUES (${marks}, 1)`
        : `DELETE FROM ${write} WHERE ${where}`,
    );
    this.#complete = database.prepare(`SELECT 1 FROM ${read} LIMIT 1`).get() === undefined;
  }

  /** How many rows are held in memory. */
  get held(): number {
    return this.#rows.size;
  }

  /** The row as the events so far have made it; to change it, take it with {@link edit}. */
  get(key: string, second?: string, third?: string): Row | undefined {
    return this.#find(key, second, third)?.row;
  }

  /** The row, which has to be there because an earlier event of the log has made it, to be changed in place. */
  edit(key: string, second?: string, third?: string): Row {
    const held = this.#find(key, second, third);
    if (held?.row === undefined) {
      const named = [key, second, third].filter((part) => part !== undefined).join(', ');
      throw new RangeError(`${this.definition.name} has no row ${named}`);
    }
    held.changed = true;
    return held.row;
  }

  /** Puts a new row, or another one in the place of an old one. */
  put(row: Row): void {
    const { key } = this.definition;
    const [first = '', second, third] = key.map((column) => String(row[column]));
    const joined = joinedKey(first, second, third);
    const held = this.#rows.get(joined);
    if (held === undefined) {
      this.#rows.set(joined, { row, changed: true });
      return;
    }
    held.row = row;
    held.changed = true;
  }

  /** Deletes a row; one that is not there is left out quietly. */
  delete(key: string, second?: string, third?: string): void {
    const held = this.#find(key, second, third);
    if (held?.row === undefined) return;
    held.row = undefined;
    held.changed = true;
  }

  /** Writes what has changed; called inside a transaction. Rows in key order touch each page of the table once. */
  flush(): void {
    const changed = [...this.#rows].filter(([, held]) => held.changed).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, held] of changed) {
      held.changed = false;
      const { row } = held;
      if (row === undefined) this.#delete.run(...key.split(SEPARATOR));
      else this.#upsert.run(...this.#columns.map((column) => row[column] as SQLInputValue));
    }
  }

  /** Lets go of the rows in memory, all of which are written. */
  release(): void {
    this.#complete = false;
    this.#rows.clear();
  }

  #find(key: string, second: string | undefined, third: string | undefined): Held<Row> | undefined {
    const joined = joinedKey(key, second, third);
    const known = this.#rows.get(joined);
    if (known !== undefined || this.#complete) return known;
    const parts = [key, second, third].filter((part) => part !== undefined);
    const row = this.#select.get(...parts) as Row | undefined;
    // A prepared statement answers rows without a prototype; a copy behaves like the rows the folds make.
    const held = { row: row === undefined ? undefined : { ...row }, changed: false };
    this.#rows.set(joined, held);
    return held;
  }
}

function joinedKey(key: string, second: string | undefined, third: string | undefined): string {
  if (second === undefined) return key;
  return third === undefined ? key + SEPARATOR + second : key + SEPARATOR + second + SEPARATOR + third;
}
