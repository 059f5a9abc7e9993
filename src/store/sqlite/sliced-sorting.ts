import type { DatabaseSync } from 'node:sqlite';
import { SLICE } from './limits.ts';
import type { LogBatch, SortedSlice } from './log-batch.ts';

/** Entries in the order of their B-tree. */
export interface SortedEntries {
  readonly count: number;
  /** Those from one place up to another. */
  readonly slice: (from: number, until: number) => SortedSlice;
}

/**
 * Brings entries into a B-tree of the file in slices, one to a batch. Batches are written in their order, after or with
 * the events that the entries are of; how far the log has been sorted in is written with the last slice.
 */
export class SlicedSorting {
  readonly #setting: string;
  #entries: SortedEntries | undefined;
  #upTo = 0;
  #next = 0;
  /** The batch of the last slice, until it is durable. */
  #lastIn: LogBatch | undefined;

  /** `setting` is the name under which the file tells the position up to which everything has been sorted in. */
  constructor(setting: string) {
    this.#setting = setting;
  }

  get isUnderWay(): boolean {
    return this.#entries !== undefined;
  }

  /** These are the entries of all events up to the position that are not in the file. */
  begin(entries: SortedEntries, upTo: number): void {
    this.#entries = entries;
    this.#upTo = upTo;
    this.#next = 0;
  }

  /** Adds the next slice to a batch, when there is one. */
  addTo(batch: LogBatch, size = SLICE): void {
    if (this.#entries === undefined || this.#lastIn !== undefined) return;
    const { count, slice } = this.#entries;
    const end = Math.min(count, this.#next + size);
    if (end > this.#next) batch.slices.push(slice(this.#next, end));
    this.#next = end;
    if (end < count) return;
    batch.settings.push([this.#setting, this.#upTo]);
    this.#lastIn = batch;
  }

  /** The batch is durable. Answers whether the last entry went in with it. */
  keep(batch: LogBatch): boolean {
    if (this.#lastIn !== batch) return false;
    this.#lastIn = undefined;
    this.#entries = undefined;
    return true;
  }
}

/** The position up to which the entries of the log are in the file; there are at most as many. */
export function sortedUpTo(database: DatabaseSync, setting: string): number {
  const row = database.prepare('SELECT value FROM setting WHERE name = ?').get(setting);
  return Number(row?.value ?? 0);
}
