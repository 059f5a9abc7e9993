import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * A statement that is prepared when it is first used. A table has half a dozen of them, and most processes use none of
 * most tables: to prepare them all took half the time in which a small ledger is opened.
 */
export class Prepared {
  readonly #database: DatabaseSync;
  readonly #sql: string;
  #statement: StatementSync | undefined;

  constructor(database: DatabaseSync, sql: string) {
    this.#database = database;
    this.#sql = sql;
  }

  get statement(): StatementSync {
    this.#statement ??= this.#database.prepare(this.#sql);
    return this.#statement;
  }
}
