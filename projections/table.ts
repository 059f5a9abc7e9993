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
  /** The parts of the key after the first one. */
  readonly second: string | undefined;
  readonly third: string | undefined;
  row: Row | undefined;
  changed: boolean;
  /** The next row with the same first part of its key. */
  next: Held<Row> | undefined;
}

/** Up to this many rows a table is small. */
const SMALL = 2_000;

/**
 * A table while it is being folded into: rows are read once, changed in memory and written together with the checkpoint.
 * A row changed a thousand times in between is written once.
 */
export class Table<Row extends object> {
  readonly definition: TableDefinition<Row>;
  /** The rows by the first part of their key: few rows share one, and going through them beats joining keys. */
  readonly #rows = new Map<string, Held<Row>>();
  #held = 0;
  /** The row found last: whoever looks at an event's row looks at it more than once. */
  #last: { readonly key: string; readonly held: Held<Row> } | undefined;
  readonly #columns: readonly (keyof Row & string)[];
  readonly #select: StatementSync;
  readonly #selectSome: StatementSync;
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
    this.#selectSome = database.prepare(`SELECT ${columns} FROM ${read} LIMIT ${SMALL + 1}`);
    this.#complete = this.#loadWhenSmall();
  }

  /** How many rows are held in memory. */
  get held(): number {
    return this.#held;
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

  /** The row to be changed in place, made by `fresh` where there is none yet. */
  editOr(fresh: () => Row, key: string, second?: string, third?: string): Row {
    const held = this.#find(key, second, third) ?? this.#hold(key, second, third);
    held.row ??= fresh();
    held.changed = true;
    return held.row;
  }

  /** Puts a new row, or another one in the place of an old one. */
  put(row: Row): void {
    const [first = '', second, third] = this.definition.key.map((column) => String(row[column]));
    const held = this.#inMemory(first, second, third) ?? this.#hold(first, second, third);
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
    for (const key of [...this.#rows.keys()].sort()) {
      for (let held = this.#rows.get(key); held !== undefined; held = held.next) {
        if (!held.changed) continue;
        held.changed = false;
        const { row, second, third } = held;
        if (row === undefined) this.#delete.run(...[key, second, third].filter((part) => part !== undefined));
        else this.#upsert.run(...this.#columns.map((column) => row[column] as SQLInputValue));
      }
    }
  }

  /** Lets go of the rows in memory, all of which are written. */
  release(): void {
    this.#rows.clear();
    this.#held = 0;
    this.#last = undefined;
    this.#complete = this.#loadWhenSmall();
  }

  /** A small table is held whole, so that what is asked for and not there need not be looked for in the file. */
  #loadWhenSmall(): boolean {
    const rows = this.#selectSome.all() as Row[];
    if (rows.length > SMALL) return false;
    for (const row of rows) this.#holdAsWritten(row);
    return true;
  }

  #holdAsWritten(row: Row): Held<Row> {
    const [first = '', second, third] = this.definition.key.map((column) => String(row[column]));
    const held = this.#hold(first, second, third);
    // A prepared statement answers rows without a prototype; a copy behaves like the rows the folds make.
    held.row = { ...row };
    return held;
  }

  #find(key: string, second: string | undefined, third: string | undefined): Held<Row> | undefined {
    if (this.#complete && this.#held === 0) return undefined;
    const known = this.#inMemory(key, second, third);
    if (known !== undefined || this.#complete) return known;
    const parts = [key, second, third].filter((part) => part !== undefined);
    const row = this.#select.get(...parts) as Row | undefined;
    return row === undefined ? undefined : this.#holdAsWritten(row);
  }

  #inMemory(key: string, second: string | undefined, third: string | undefined): Held<Row> | undefined {
    if (this.#last?.key === key && isAt(this.#last.held, second, third)) return this.#last.held;
    let held = this.#rows.get(key);
    while (held !== undefined && !isAt(held, second, third)) held = held.next;
    if (held !== undefined) this.#last = { key, held };
    return held;
  }

  #hold(key: string, second: string | undefined, third: string | undefined): Held<Row> {
    const first = this.#rows.get(key);
    const held: Held<Row> = { second, third, row: undefined, changed: false, next: first?.next };
    if (first === undefined) this.#rows.set(key, held);
    else first.next = held;
    this.#held += 1;
    return held;
  }
}

function isAt<Row>(held: Held<Row>, second: string | undefined, third: string | undefined): boolean {
  return held.second === second && held.third === third;
}
