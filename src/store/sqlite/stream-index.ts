import type { EventRow, EventStatements } from './event-statements.ts';
import { WAITING_AT_MOST } from './limits.ts';
import type { LogBatch } from './log-batch.ts';
import type { SortedEntries } from './sliced-sorting.ts';
import { SlicedSorting } from './sliced-sorting.ts';

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
  readonly #read: EventStatements['read'];
  readonly #at: (position: number) => EventRow | undefined;
  readonly #sorting = new SlicedSorting(EVENTS_SORTED);
  #waiting = new Map<number, Run>();
  #waitingCount = 0;
  /** What is being sorted in. */
  #ripe = new Map<number, Run>();

  /** `at` answers the event of a position that is not in the index yet. */
  constructor(parts: {
    readonly statements: Pick<EventStatements, 'read'>;
    readonly at: (position: number) => EventRow | undefined;
  }) {
    this.#read = parts.statements.read;
    this.#at = parts.at;
  }

  /** The events of a stream in order; a negative limit is none. */
  read(stream: number, from: number, limit: number): readonly EventRow[] {
    const ripe = this.#ripe.get(stream);
    const waiting = this.#waiting.get(stream);
    const inMemoryFrom = ripe?.from ?? waiting?.from ?? Number.POSITIVE_INFINITY;
    const rows = from < inMemoryFrom ? (this.#read.all(stream, from, limit) as unknown as EventRow[]) : [];
    // Beside a writer, and while it sorts, the last of these may wait in memory as well.
    const last = rows.at(-1);
    let next = last === undefined ? from : last[2] + 1;
    for (const run of [ripe, waiting]) {
      if (run === undefined) continue;
      for (let index = Math.max(0, next - run.from); index < run.positions.length; index += 1) {
        if (limit >= 0 && rows.length >= limit) return rows;
        const row = this.#at(run.positions[index] ?? 0);
        if (row !== undefined) rows.push(row);
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

  /** A reader's memory: everything up to this position is in the file by now. */
  removeUpTo(position: number): void {
    const before = this.#waiting;
    this.#waiting = new Map();
    this.#waitingCount = 0;
    for (const [stream, { from, positions }] of before) {
      for (const [index, at] of positions.entries()) if (at > position) this.add(stream, from + index, at);
    }
  }

  /** Adds what is to be sorted in next to a batch; with what waits the log reaches to that position. */
  addSliceTo(batch: LogBatch, lastPosition: number): void {
    if (this.#waitingCount >= WAITING_AT_MOST && !this.#sorting.isUnderWay) this.#ripen(lastPosition);
    this.#sorting.addTo(batch);
  }

  /** The batch is durable, and what it sorted in with it. */
  keep(batch: LogBatch): void {
    if (this.#sorting.keep(batch)) this.#ripe = new Map();
  }

  /** Adds all that is under way, or else all that waits: nothing has to be read again at the next opening then. */
  addAllTo(batch: LogBatch, lastPosition: number): void {
    if (!this.#sorting.isUnderWay && this.#waitingCount > 0) this.#ripen(lastPosition);
    this.#sorting.addTo(batch, Number.POSITIVE_INFINITY);
  }

  #ripen(lastPosition: number): void {
    this.#ripe = this.#waiting;
    this.#waiting = new Map();
    const count = this.#waitingCount;
    this.#waitingCount = 0;
    this.#sorting.begin(sorted(this.#ripe, count), lastPosition);
  }
}

function sorted(runs: ReadonlyMap<number, Run>, count: number): SortedEntries {
  const streams = new Float64Array(count);
  const revisions = new Float64Array(count);
  const positions = new Float64Array(count);
  let next = 0;
  for (const stream of Float64Array.from(runs.keys()).sort()) {
    const run = runs.get(stream);
    for (const [index, position] of (run?.positions ?? []).entries()) {
      streams[next] = stream;
      revisions[next] = (run?.from ?? 0) + index;
      positions[next] = position;
      next += 1;
    }
  }
  return {
    count,
    slice: (from, until) => ({
      table: 'stream_index',
      streams: streams.subarray(from, until),
      revisions: revisions.subarray(from, until),
      positions: positions.subarray(from, until),
    }),
  };
}
