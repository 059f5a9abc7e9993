import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Held, HeldRows } from './held-rows.ts';
import { Prepared } from './prepared.ts';
import type { TableDefinition } from './table-definition.ts';
import { columnNames, GONE, quoted } from './table-definition.ts';

/** Where a table reads its rows and writes them; an overlay keeps a mark for what it deletes. */
export interface Place {
  readonly read: string;
  readonly write: string;
  readonly overlay: boolean;
}

/** The key of the row to which a row belongs. */
export type OwnerKey<Row> = (row: Row) => readonly [first: string, second: string];

/** How many rows one statement writes where there are that many: calling a statement costs as much as a narrow row. */
const ROWS_PER_STATEMENT = 16;

/** Up to this many rows a table is small. */
export const SMALL = 2_000;

/**
 * A table while it is being folded into: rows are read once, changed in memory and written together with the checkpoint.
 * A row changed a thousand times in between is written once.
 */
export class Table<Row extends object> {
  readonly definition: TableDefinition<Row>;
  readonly #rows: HeldRows;
  /** The table's place among those whose rows are held together. */
  readonly #place: number;
  /** The rows to be written. */
  #changed: Held<Row>[] = [];
  readonly #columns: readonly (keyof Row & string)[];
  readonly #select: Prepared;
  readonly #selectSome: Prepared;
  readonly #upsert: Prepared;
  readonly #upsertMany: Prepared;
  /** The column that changes although an index is over it. It seldom does, and then the row is written whole. */
  readonly #indexed: (keyof Row & string) | undefined;
  /** Writes the other columns that change, in a row that is there. */
  readonly #update: Prepared | undefined;
  /** Those columns, and the key. */
  readonly #updated: readonly (keyof Row & string)[];
  readonly #delete: Prepared;
  /** True while every row of the table is in memory, so that what is not there does not exist. */
  #complete: boolean;

  /** `rows` are shared by the tables whose keys begin with the same column. */
  constructor(
    database: DatabaseSync,
    definition: TableDefinition<Row>,
    { read, write, overlay }: Place,
    rows: HeldRows,
  ) {
    this.definition = definition;
    this.#rows = rows;
    this.#place = rows.addTable();
    this.#columns = Object.keys(definition.columns) as (keyof Row & string)[];
    const columns = columnNames(definition);
    const where = definition.key.map((column) => `${quoted(column)} = ?`).join(' AND ');
    const values = `(${this.#columns.map(() => '?').join(', ')})`;
    const upsert = `INSERT OR REPLACE INTO ${write}(${columns}) VALUES`;
    const manyValues = Array.from({ length: ROWS_PER_STATEMENT }, () => values).join(', ');
    this.#select = new Prepared(database, `SELECT ${columns} FROM ${read} WHERE ${where}`);
    this.#upsert = new Prepared(database, `${upsert} ${values}`);
    this.#upsertMany = new Prepared(database, `${upsert} ${manyValues}`);
    const changing = Object.keys(definition.changing ?? {}) as (keyof Row & string)[];
    this.#indexed = changing.find((column) => definition.indexes?.some((index) => index.includes(quoted(column))));
    const plain = changing.filter((column) => column !== this.#indexed);
    const set = plain.map((column) => `${quoted(column)} = ?`).join(', ');
    this.#updated = [...plain, ...definition.key];
    this.#update = set === '' ? undefined : new Prepared(database, `UPDATE ${write} SET ${set} WHERE ${where}`);
    const key = definition.key.map(quoted).join(', ');
    const marks = definition.key.map(() => '?').join(', ');
    this.#delete = new Prepared(
      database,
      overlay
        ? `INSERT OR REPLACE INTO ${write}(${key}, ${GONE}) VALUES (${marks}, 1)`
        : `DELETE FROM ${write} WHERE ${where}`,
    );
    this.#selectSome = new Prepared(database, `SELECT ${columns} FROM ${read} LIMIT ${SMALL + 1}`);
    this.#complete = this.#loadWhenSmall();
  }

  /** How many rows are held in memory. */
  get held(): number {
    return this.#rows.heldOf(this.#place);
  }

  /** The row as the events so far have made it; to change it, take it with {@link edit}. */
  get(key: string, second?: string, third?: string): Row | undefined {
    return this.#find(key, second, third)?.row;
  }

  /** The row, which has to be there because an earlier event of the log has made it, to be changed in place. */
  edit(key: string, second?: string, third?: string): Row {
    const held = this.#existing(key, second, third);
    this.#change(held);
    return held.row as Row;
  }

  /**
   * The row of another table to which a row of this one belongs for good. It is looked for once and remembered while both
   * are in memory, since it is asked for with every event.
   */
  getOwner<Owner extends object>(key: string, owners: Table<Owner>, keyOf: OwnerKey<Row>): Owner {
    return this.#ownerOf(key, owners, keyOf).row as Owner;
  }

  /** The same, to be changed in place. */
  editOwner<Owner extends object>(key: string, owners: Table<Owner>, keyOf: OwnerKey<Row>): Owner {
    const owner = this.#ownerOf(key, owners, keyOf);
    owners.#change(owner);
    return owner.row as Owner;
  }

  /** The row to be changed in place, made by `fresh` where there is none yet. */
  editOr(fresh: () => Row, key: string, second?: string, third?: string): Row {
    const held = this.#find(key, second, third) ?? this.#hold(key, second, third);
    held.row ??= fresh();
    this.#change(held);
    return held.row;
  }

  /** Puts a new row, or another one in the place of an old one. */
  put(row: Row): void {
    const [first = '', second, third] = this.definition.key.map((column) => String(row[column]));
    const held = this.#inMemory(first, second, third) ?? this.#hold(first, second, third);
    held.row = row;
    held.written = undefined;
    this.#change(held);
  }

  /** Deletes a row; one that is not there is left out quietly. */
  delete(key: string, second?: string, third?: string): void {
    const held = this.#find(key, second, third);
    if (held?.row === undefined) return;
    held.row = undefined;
    held.written = undefined;
    this.#change(held);
  }

  /** Writes what has changed; called inside a transaction. Rows in key order touch each page of the table once. */
  flush(): void {
    const rows: Row[] = [];
    for (const held of this.#changed.sort(inKeyOrder)) {
      const { row, written, first, second, third } = held;
      held.changed = false;
      held.written = row && this.#indexedAs(row);
      if (row === undefined) this.#delete.statement.run(...[first, second, third].filter((part) => part !== undefined));
      else if (written === held.written && this.#updates(row)) continue;
      else if (rows.push(row) === ROWS_PER_STATEMENT) this.#writeMany(rows.splice(0));
    }
    for (const row of rows) this.#upsert.statement.run(...this.#valuesOf([row], this.#columns));
    this.#changed = [];
  }

  /** After the rows in memory, all of them, have been let go of. */
  release(): void {
    this.#changed = [];
    this.#complete = this.#loadWhenSmall();
  }

  /** Before rows that have not been used are let go of: those of a small table stay. */
  beforeRelease(): void {
    this.#complete &&= this.held <= SMALL;
  }

  /** A small table is held whole, so that what is asked for and not there need not be looked for in the file. */
  #loadWhenSmall(): boolean {
    const rows = this.#selectSome.statement.all() as Row[];
    if (rows.length > SMALL) return false;
    for (const row of rows) this.#holdAsWritten(row);
    return true;
  }

  #indexedAs(row: Row): unknown {
    return this.#indexed === undefined || row[this.#indexed];
  }

  /** Whether what changes has been written. It is not where the row is missing: an overlay lacks those it was read through. */
  #updates(row: Row): boolean {
    if (this.#update === undefined) return false;
    return this.#update.statement.run(...this.#valuesOf([row], this.#updated)).changes !== 0;
  }

  #writeMany(rows: readonly Row[]): void {
    this.#upsertMany.statement.run(...this.#valuesOf(rows, this.#columns));
  }

  #valuesOf(rows: readonly Row[], columns: readonly (keyof Row & string)[]): SQLInputValue[] {
    const values: SQLInputValue[] = [];
    for (const row of rows) for (const column of columns) values.push(row[column] as SQLInputValue);
    return values;
  }

  #holdAsWritten(row: Row): Held<Row> {
    const [first = '', second, third] = this.definition.key.map((column) => String(row[column]));
    const held = this.#hold(first, second, third);
    // A prepared statement answers rows without a prototype; a copy behaves like the rows the folds make.
    held.row = { ...row };
    held.written = this.#indexedAs(held.row);
    return held;
  }

  #ownerOf<Owner extends object>(key: string, owners: Table<Owner>, keyOf: OwnerKey<Row>): Held<Owner> {
    const held = this.#existing(key);
    let owner = held.owner as Held<Owner> | undefined;
    if (owner?.row === undefined || owner.released) {
      owner = owners.#existing(...keyOf(held.row as Row));
      held.owner = owner;
    }
    owners.#rows.keep(owner);
    return owner;
  }

  #existing(key: string, second?: string, third?: string): Held<Row> {
    const held = this.#find(key, second, third);
    if (held?.row !== undefined) return held;
    const named = [key, second, third].filter((part) => part !== undefined).join(', ');
    throw new RangeError(`${this.definition.name} has no row ${named}`);
  }

  #find(key: string, second: string | undefined, third: string | undefined): Held<Row> | undefined {
    if (this.#complete && this.held === 0) return undefined;
    const known = this.#inMemory(key, second, third);
    if (known !== undefined || this.#complete) return known;
    const parts = [key, second, third].filter((part) => part !== undefined);
    const row = this.#select.statement.get(...parts) as Row | undefined;
    return row === undefined ? undefined : this.#holdAsWritten(row);
  }

  /** Only this table puts rows in its place. */
  #inMemory(key: string, second: string | undefined, third: string | undefined): Held<Row> | undefined {
    return this.#rows.find(this.#place, key, second, third) as Held<Row> | undefined;
  }

  #hold(key: string, second: string | undefined, third: string | undefined): Held<Row> {
    return this.#rows.hold(this.#place, key, second, third) as Held<Row>;
  }

  #change(held: Held<Row>): void {
    if (held.changed) return;
    held.changed = true;
    this.#changed.push(held);
  }
}

function inKeyOrder(a: Held<object>, b: Held<object>): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  if (a.second !== b.second) return (a.second ?? '') < (b.second ?? '') ? -1 : 1;
  return (a.third ?? '') < (b.third ?? '') ? -1 : 1;
}
