import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CHAIN_START, chainHash } from '../src/events/chain.ts';
import type { StoredEvent } from '../src/events/envelope.ts';
import { LedgerError } from '../src/kernel/errors.ts';

/** How many events and streams are folded. */
export interface FoldedCount {
  readonly events: number;
  readonly streams: number;
}

/** Where the heads are written, and the table of older ones below it that is only read. */
export interface HeadsPlace {
  readonly table: string;
  readonly below?: string | undefined;
}

/** The last event of a stream that has been folded. */
interface Head {
  readonly revision: number;
  readonly hash: string;
}

/** Up to so many heads are held in memory besides those that are not written yet. */
const HELD_AT_MOST = 100_000;

/**
 * The heads of all streams as far as a log that others append to as well has been folded. Every event is held against the
 * head of its stream before it is folded: a subscription that leaves one out or brings another one than was appended is
 * noticed at once, not at the next `verify`. The heads stand in a table beside the read models, written in the same
 * transaction, and a bounded part of them in memory: all heads of a large ledger would take hundreds of MiB.
 */
export class StreamHeads {
  readonly #database: DatabaseSync;
  readonly #place: HeadsPlace;
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #held = new Map<string, Head>();
  readonly #changed = new Set<string>();
  /** True while every head is in memory, so that a stream that is not there does not exist. */
  #complete: boolean;

  /** Makes the table where it is not there. */
  constructor(database: DatabaseSync, place: HeadsPlace) {
    this.#database = database;
    this.#place = place;
    const { table, below } = place;
    database.exec(
      `CREATE TABLE IF NOT EXISTS ${table}(stream TEXT PRIMARY KEY, revision INTEGER NOT NULL, hash TEXT NOT NULL)
       STRICT, WITHOUT ROWID`,
    );
    const of = (name: string) => `SELECT revision, hash FROM ${name} WHERE stream = ?1`;
    this.#find = database.prepare(below === undefined ? of(table) : `${of(table)} UNION ALL ${of(below)} LIMIT 1`);
    this.#complete = this.counted().streams === 0;
    this.#put = database.prepare(`INSERT OR REPLACE INTO ${table}(stream, revision, hash) VALUES (?, ?, ?)`);
  }

  /** Takes the next event of a stream. Errors: `store.corrupt` where it does not follow the last one. */
  add(event: StoredEvent): void {
    const { stream, revision, hash } = event;
    const head = this.#held.get(stream) ?? this.#read(stream);
    const expected = head === undefined ? 0 : head.revision + 1;
    if (revision !== expected) {
      const sentence = `stream ${stream}: revision ${revision} arrived where ${expected} has to follow`;
      throw new LedgerError('store.corrupt', sentence);
    }
    if (chainHash(head?.hash ?? CHAIN_START, stream, revision, event) !== hash) {
      throw new LedgerError('store.corrupt', `stream ${stream}: the hash chain is broken at revision ${revision}`);
    }
    this.#held.set(stream, { revision, hash });
    this.#changed.add(stream);
  }

  #read(stream: string): Head | undefined {
    return this.#complete ? undefined : (this.#find.get(stream) as Head | undefined);
  }

  /** Writes what has changed; called inside a transaction. */
  flush(): void {
    for (const stream of this.#changed) {
      const head = this.#held.get(stream);
      if (head !== undefined) this.#put.run(stream, head.revision, head.hash);
    }
    this.#changed.clear();
    for (const stream of this.#held.keys()) {
      if (this.#held.size <= HELD_AT_MOST) break;
      this.#held.delete(stream);
      this.#complete = false;
    }
  }

  /** Forgets what is not written. */
  release(): void {
    this.#held.clear();
    this.#changed.clear();
    this.#complete = false;
  }

  /** Begins anew; called inside a transaction. */
  clear(): void {
    this.release();
    this.#database.exec(`DELETE FROM ${this.#place.table}`);
    this.#complete = true;
  }

  /** Counts what is written. */
  counted(): FoldedCount {
    return countedIn(this.#database, this.#place);
  }
}

/** How many events and streams the heads of a place tell of. */
export function countedIn(database: DatabaseSync, { table, below }: HeadsPlace): FoldedCount {
  const counts = (name: string, condition = '') =>
    `SELECT COUNT(*) AS streams, COALESCE(SUM(revision + 1), 0) AS events FROM ${name} AS counted ${condition}`;
  const hidden = `WHERE NOT EXISTS (SELECT 1 FROM ${table} AS over WHERE over.stream = counted.stream)`;
  const parts = below === undefined ? [counts(table)] : [counts(table), counts(below, hidden)];
  const row = database
    .prepare(`SELECT SUM(streams) AS streams, SUM(events) AS events FROM (${parts.join(' UNION ALL ')})`)
    .get();
  return { events: Number(row?.events), streams: Number(row?.streams) };
}

/** Whether a file has heads that belong to its read models. */
export function hasHeads(database: DatabaseSync): boolean {
  const sql = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '${HEADS_TABLE}'`;
  return database.prepare(sql).get() !== undefined;
}

/** The table of the heads in a file of read models. */
export const HEADS_TABLE = 'stream_head';
