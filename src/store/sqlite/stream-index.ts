import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventRow, EventStatements } from './event-statements.ts';
import type { SortedEntries } from './sliced-sorting.ts';
import { SlicedSorting, WAITING_AT_MOST } from './sliced-sorting.ts';

/** Under this name the file tells up to which position the events have been sorted in. */
export const EVENTS_SORTED = 'events_sorted_up_to';

/** Where the events of one stream stand in the log, from a revision on. */
interface Run {
  readonly from: number;
  readonly positions: number[];
}

/**
 * Finds the events of a stream. An entry written with each event would cost a page of the file, since neighbours in the
 * log are strangers in this index; so entries wait in memory and are sorted in many at a time, like those of the
 * commands. What waits is read from the log again when the ledger is opened.
 */
export class StreamIndex {
  readonly #statements: Pick<EventStatements, 'read' | 'at'>;
  readonly #insert: StatementSync | undefined;
  readonly #sorting: SlicedSorting;
  #waiting = new Map<number, Run>();
  #waitingCount = 0;
  /** What is being sorted in. */
  #ripe = new Map<number, Run>();

  /** Reading beside a writer of an older version, the file's own index has everything and nothing will be added. */
  constructor(database: DatabaseSync, statements: EventStatements, { readOnly }: { readonly readOnly: boolean }) {
    this.#statements = statements;
    this.#sorting = new SlicedSorting(database, EVENTS_SORTED);
    if (readOnly) return;
    this.#insert = database.prepare('INSERT OR IGNORE INTO stream_index(stream, revision, position) VALUES (?, ?, ?)');
  }

  /** The events of a stream in order; a negative limit is none. */
  read(stream: number, from: number, limit: number): readonly EventRow[] {
    const ripe = this.#ripe.get(stream);
    const waiting = this.#waiting.get(stream);
    const inMemoryFrom = ripe?.from ?? waiting?.from ?? Number.POSITIVE_INFINITY;
    const rows = from < inMemoryFrom ? (this.#statements.read.all(stream, from, limit) as unknown as EventRow[]) : [];
    // Beside a writer, and while it sorts, the last of these may wait in memory as well.
    const last = rows.at(-1);
    let next = last === undefined ? from : last[2] + 1;
    for (const run of [ripe, waiting]) {
      if (run === undefined) continue;
      for (let index = Math.max(0, next - run.from); index < run.positions.length; index += 1) {
        if (limit >= 0 && rows.length >= limit) return rows;
        const row = this.#statements.at.get(run.positions[index] ?? 0);
        if (row !== undefined) rows.push(row as unknown as EventRow);
      }
      next = Math.max(next, run.from + run.positions.length);
    }
    return rows;
  }

  add(stream: number, revision: number, position: number): void {
    const run = this.#waiting.get(stream);
    if (run === undefined) this.#waiting.set(stream, { from: revision, positions: [position] });
    else run.positions.push(position);
    this.#waitingCount += 1;
  }

  /** How many events wait in memory. */
  get waiting(): number {
    return this.#waitingCount;
  }

  /** Events after this position are lost; none of them has been ripe. */
  removeAfter(position: number): void {
    for (const [stream, { positions }] of this.#waiting) {
      while ((positions.at(-1) ?? 0) > position) {
        positions.pop();
        this.#waitingCount -= 1;
      }
      if (positions.length === 0) this.#waiting.delete(stream);
    }
  }

  /** A reader's memory: everything up to this position is in the file by now. */
  removeUpTo(position: number): void {
    const before = this.#waiting;
    this.#waiting = new Map();
    this.#waitingCount = 0;
    for (const [stream, { from, positions }] of before) {
      for (const [index, at] of positions.entries()) if (at > position) this.add(stream, from + index, at);
    }
  }

  /** Called inside a transaction: sorts in the next slice, when there is one. */
  sortSlice(): void {
    this.#sorting.insert();
  }

  /** The open transaction is durable, and what it sorted in with it. */
  keepSlice(lastPosition: number): void {
    if (this.#sorting.keep()) this.#ripe = new Map();
    if (this.#waitingCount >= WAITING_AT_MOST && !this.#sorting.isUnderWay) this.#ripen(lastPosition);
  }

  /** The open transaction was lost, and what it sorted in with it. */
  takeBackSlice(): void {
    this.#sorting.takeBack();
  }

  /** Called inside a transaction that appends nothing, before the store is closed: the next opening is fast then. */
  sortAll(lastPosition: number): void {
    this.#sorting.insert(Number.POSITIVE_INFINITY);
    this.#sorting.keep();
    if (this.#waitingCount === 0) return;
    this.#ripen(lastPosition);
    this.#sorting.insert(Number.POSITIVE_INFINITY);
  }

  #ripen(lastPosition: number): void {
    this.#ripe = this.#waiting;
    this.#waiting = new Map();
    this.#waitingCount = 0;
    this.#sorting.begin(this.#sorted(this.#ripe), lastPosition);
  }

  #sorted(runs: ReadonlyMap<number, Run>): SortedEntries {
    const streams: number[] = [];
    const revisions: number[] = [];
    const positions: number[] = [];
    for (const stream of Float64Array.from(runs.keys()).sort()) {
      const run = runs.get(stream);
      for (const [index, position] of (run?.positions ?? []).entries()) {
        streams.push(stream);
        revisions.push((run?.from ?? 0) + index);
        positions.push(position);
      }
    }
    return {
      count: positions.length,
      insert: (index) => this.#insert?.run(streams[index] ?? 0, revisions[index] ?? 0, positions[index] ?? 0),
    };
  }
}
