import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

type ColumnType = 'TEXT' | 'INTEGER';

/** A table of a read model. The key's columns come first; amounts are kopecks. */
export interface TableDefinition<Row extends object> {
  readonly name: string;
  readonly key: readonly (keyof Row & string)[];
  readonly columns: { readonly [Column in keyof Row & string]: ColumnType };
  /** Lists of columns that questions search by, each with an optional condition. */
  readonly indexes?: readonly string[];
}

/** Separates the parts of a key; no id can contain it. */
const SEPARATOR = '\u0000';
/** How many rows all kinds of memory may hold before they are written and let go. */
const ROWS_AT_MOST = 400_000;

/**
 * A table while it is being folded into: rows are read once, changed in memory and written together with the checkpoint.
 * A row changed a thousand times in between is written once.
 */
export class Table<Row extends object> {
  readonly definition: TableDefinition<Row>;
  readonly #rows = new Map<string, Row | undefined>();
  readonly #changed = new Set<string>();
  readonly #columns: readonly (keyof Row & string)[];
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  /** True while every row of the table is in memory, so that what is not there does not exist. */
  #complete: boolean;

  constructor(
    database: DatabaseSync,
    definition: TableDefinition<Row>,
    names: { readonly read: string; readonly write: string },
  ) {
    this.definition = definition;
    this.#columns = Object.keys(definition.columns) as (keyof Row & string)[];
    const columns = this.#columns.map(quoted).join(', ');
    const keys = definition.key.map((column) => `${quoted(column)} = ?`).join(' AND ');
    const values = this.#columns.map(() => '?').join(', ');
    this.#select = database.prepare(`SELECT ${columns} FROM ${names.read} WHERE ${keys}`);
    this.#upsert = database.prepare(`INSERT OR REPLACE INTO ${names.write}(${columns}) VALUES (${values})`);
    this.#delete = database.prepare(`DELETE FROM ${names.write} WHERE ${keys}`);
    this.#complete = database.prepare(`SELECT 1 FROM ${names.read} LIMIT 1`).get() === undefined;
  }

  get(...key: readonly string[]): Row | undefined {
    const joined = key.length === 1 ? (key[0] ?? '') : key.join(SEPARATOR);
    const known = this.#rows.get(joined);
    if (known !== undefined || this.#complete || this.#rows.has(joined)) return known;
    const row = this.#select.get(...key) as Row | undefined;
    // A prepared statement answers rows without a prototype; a copy behaves like the rows the folds make.
    const own = row === undefined ? undefined : { ...row };
    this.#rows.set(joined, own);
    return own;
  }

  /** The row, which has to be there because an earlier event of the log has made it. */
  known(...key: readonly string[]): Row {
    const row = this.get(...key);
    if (row === undefined) throw new RangeError(`${this.definition.name} has no row ${key.join(', ')}`);
    return row;
  }

  /** Puts a new or changed row. */
  put(row: Row): void {
    const key = this.#keyOf(row);
    this.#rows.set(key, row);
    this.#changed.add(key);
  }

  delete(...key: readonly string[]): void {
    const joined = key.join(SEPARATOR);
    this.#rows.set(joined, undefined);
    this.#changed.add(joined);
  }

  /** The changed rows, for whoever checks them. */
  *changed(): Iterable<Row> {
    for (const key of this.#changed) {
      const row = this.#rows.get(key);
      if (row !== undefined) yield row;
    }
  }

  /** Writes what has changed; called inside a transaction. Rows in key order touch each page of the table once. */
  flush(): void {
    for (const key of [...this.#changed].sort()) {
      const row = this.#rows.get(key);
      if (row === undefined) this.#delete.run(...key.split(SEPARATOR));
      else this.#upsert.run(...this.#columns.map((column) => row[column] as SQLInputValue));
    }
    this.#changed.clear();
    if (this.#rows.size <= ROWS_AT_MOST) return;
    this.#rows.clear();
    this.#complete = false;
  }

  /** Forgets everything that is not written. */
  forget(): void {
    this.#rows.clear();
    this.#changed.clear();
    this.#complete = false;
  }

  #keyOf(row: Row): string {
    const { key } = this.definition;
    const [only] = key;
    if (key.length === 1 && only !== undefined) return String(row[only]);
    return key.map((column) => String(row[column])).join(SEPARATOR);
  }
}

/** The statements that make a table of that name, without its indexes. */
export function createTable<Row extends object>(
  definition: TableDefinition<Row>,
  name: string,
  schema = 'main',
): string {
  const columns = Object.entries(definition.columns).map(([column, type]) => `${quoted(column)} ${String(type)}`);
  const key = definition.key.map(quoted).join(', ');
  return `CREATE TABLE ${schema}.${quoted(name)} (${columns.join(', ')}, PRIMARY KEY (${key})) STRICT, WITHOUT ROWID;`;
}

/** The statements that make the indexes of a table of that name. */
export function createIndexes<Row extends object>(definition: TableDefinition<Row>, name: string): string {
  return (definition.indexes ?? [])
    .map((index, number) => {
      const [columns = '', condition] = index.split(' WHERE ');
      const where = condition === undefined ? '' : ` WHERE ${condition}`;
      return `CREATE INDEX ${quoted(`${name}_${number}`)} ON ${quoted(name)} (${columns})${where};`;
    })
    .join('\n');
}

/** A name of SQL, in quotes since `from` and `until` are words of its own. */
export function quoted(name: string): string {
  return `"${name}"`;
}
