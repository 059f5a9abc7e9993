import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** How many entries wait in memory before they are sorted into the file. */
export const WAITING_AT_MOST = 100_000;
/** How many entries one transaction sorts in, so that no commit has a long tail. */
const SLICE = 2_000;

/** Entries in the order of their B-tree. */
export interface SortedEntries {
  readonly count: number;
  readonly insert: (index: number) => void;
}

/**
 * Brings entries into a B-tree of the file in slices, one to a transaction. All of them are of durable events, so a lost
 * transaction takes back a slice and nothing else; how far the log has been sorted in is written with the last slice.
 */
export class SlicedSorting {
  readonly #setSorted: StatementSync;
  #entries: SortedEntries | undefined;
  #upTo = 0;
  #next = 0;
  /** How far the open transaction found the sorting. */
  #kept = 0;

  /** `setting` is the name under which the file tells the position up to which everything has been sorted in. */
  constructor(database: DatabaseSync, setting: string) {
    this.#setSorted = database.prepare(`INSERT OR REPLACE INTO setting(name, value) VALUES ('${setting}', ?)`);
  }

  get isUnderWay(): boolean {
    return this.#entries !== undefined;
  }

  /** Called between transactions: these are the entries of all events up to the position that are not in the file. */
  begin(entries: SortedEntries, upTo: number): void {
    this.#entries = entries;
    this.#upTo = upTo;
    this.#next = 0;
    this.#kept = 0;
  }

  /** Called inside a transaction. */
  insert(size = SLICE): void {
    if (this.#entries === undefined) return;
    const { count, insert } = this.#entries;
    const end = Math.min(count, this.#next + size);
    for (let index = this.#next; index < end; index += 1) insert(index);
    this.#next = end;
    if (end === count) this.#setSorted.run(this.#upTo);
  }

  /** The open transaction is durable. Answers whether the last entry went in with it. */
  keep(): boolean {
    this.#kept = this.#next;
    if (this.#entries === undefined || this.#next < this.#entries.count) return false;
    this.#entries = undefined;
    return true;
  }

  /** The open transaction was lost. */
  takeBack(): void {
    this.#next = this.#kept;
  }
}

/** The position up to which the entries of the log are in the file; there are at most as many. */
export function sortedUpTo(database: DatabaseSync, setting: string): number {
  const row = database.prepare('SELECT value FROM setting WHERE name = ?').get(setting);
  return Number(row?.value ?? 0);
}
