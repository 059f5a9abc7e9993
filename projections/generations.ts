import type { DatabaseSync } from 'node:sqlite';
import type { Position } from '../src/events/envelope.ts';
import { projections } from './all.ts';
import type { Projection } from './projection.ts';
import { columnNames, createIndexes, createTable, quoted } from './table-definition.ts';

/** How far the read models have been folded, and the hash of the last event in them: another log has another one. */
export interface Checkpoint {
  readonly position: Position;
  readonly hash: string;
}

const SQLITE_LOCKED = 6;

const CONTROL = `
  CREATE TABLE read_model (projection TEXT PRIMARY KEY, version INTEGER NOT NULL, generation INTEGER NOT NULL) STRICT;
  CREATE TABLE read_model_checkpoint (position TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
`;

/**
 * The tables of the read models in a file. Each projection has one generation that is live, and views under the plain
 * names that lead to it; a rebuild fills the tables of the next generation and moves the views.
 */
export class Generations {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The live generation of every projection whose tables are of the present version. */
  live(): Map<string, number> {
    if (!this.#isPrepared()) return new Map();
    const versions = new Map(projections.map(({ name, version }) => [name, version]));
    const rows = this.#database.prepare('SELECT projection, version, generation FROM read_model').all();
    const current = rows.filter(({ projection, version }) => versions.get(String(projection)) === version);
    return new Map(current.map(({ projection, generation }) => [String(projection), Number(generation)]));
  }

  checkpoint(): Checkpoint | undefined {
    if (!this.#isPrepared()) return undefined;
    return this.#database.prepare('SELECT position, hash FROM read_model_checkpoint').get() as Checkpoint | undefined;
  }

  /** Called inside a transaction. */
  setCheckpoint(checkpoint: Checkpoint | undefined): void {
    this.#database.exec('DELETE FROM read_model_checkpoint');
    if (checkpoint === undefined) return;
    this.#database
      .prepare('INSERT INTO read_model_checkpoint(position, hash) VALUES (?, ?)')
      .run(checkpoint.position, checkpoint.hash);
  }

  /** A generation that no table of the file has yet. */
  next(): number {
    const names = this.#database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%@%'")
      .all();
    return 1 + Math.max(0, ...names.map(({ name }) => Number(String(name).split('@')[1])));
  }

  /** Makes the empty tables of a generation. Called inside a transaction. */
  create({ tables }: Projection, generation: number): void {
    this.#database.exec(tables.map((table) => createTable(table, quoted(tableOf(table.name, generation)))).join('\n'));
  }

  /** Makes a generation the live one: from then on questions see its tables. Called inside a transaction. */
  switchTo({ name, version, tables }: Projection, generation: number): void {
    if (!this.#isPrepared()) this.#prepare();
    this.#database
      .prepare('INSERT OR REPLACE INTO read_model(projection, version, generation) VALUES (?, ?, ?)')
      .run(name, version, generation);
    const moved = tables.map((table) => {
      const file = tableOf(table.name, generation);
      const view = quoted(table.name);
      return `${createIndexes(table, file)}
        DROP VIEW IF EXISTS ${view};
        CREATE VIEW ${view} AS SELECT ${columnNames(table)} FROM ${quoted(file)};`;
    });
    this.#database.exec(moved.join('\n'));
  }

  /** Drops the tables of generations that are not live: replaced ones, and what an interrupted rebuild has left. */
  dropOthers(): void {
    const live = this.live();
    const kept = new Set(
      projections.flatMap(({ name, tables }) => tables.map((table) => tableOf(table.name, live.get(name) ?? 0))),
    );
    const names = this.#database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%@%'")
      .all();
    for (const { name } of names) {
      if (!kept.has(String(name))) this.#drop(String(name));
    }
  }

  #drop(table: string): void {
    try {
      this.#database.exec(`DROP TABLE ${quoted(table)}`);
    } catch (error) {
      // While a question still reads its rows the table has to stay; the next rebuild or opening drops it.
      if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_LOCKED)) throw error;
    }
  }

  #isPrepared(): boolean {
    const sql = "SELECT 1 FROM sqlite_schema WHERE name = 'read_model_checkpoint'";
    return this.#database.prepare(sql).get() !== undefined;
  }

  /** The tables of the very first version stood under the plain names, where the views come now. */
  #prepare(): void {
    const plain = ['read_model', ...projections.flatMap(({ tables }) => tables.map(({ name }) => name))];
    const found = this.#database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const { name } of found) {
      if (plain.includes(String(name))) this.#database.exec(`DROP TABLE ${quoted(String(name))}`);
    }
    this.#database.exec(CONTROL);
  }
}

/** The name under which a table of a generation stands in the file. */
export function tableOf(name: string, generation: number): string {
  return `${name}@${generation}`;
}
