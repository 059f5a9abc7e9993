import { WAITING_AT_MOST } from './limits.ts';
import type { LogBatch } from './log-batch.ts';
import type { SortedEntries } from './sliced-sorting.ts';
import { SlicedSorting } from './sliced-sorting.ts';

/** Under this name the file tells up to which position the heads of streams have been written. */
export const HEADS_SORTED = 'heads_sorted_up_to';

/** Where a stream ends. */
export interface Head {
  /** The stream's. */
  readonly number: number;
  revision: number;
  hash: string;
  position: number;
  /** Whether it has moved on since heads were last gathered to be written. */
  isLate: boolean;
}

/**
 * The heads that have moved on since the file was told. A head written with each event would cost a page of the file, as
 * an index would; so they are written in many at a time, and read from the log again when the ledger is opened. Until
 * then the log's running check and the mark of its last event stand for them.
 */
export class LateHeads {
  readonly #sorting = new SlicedSorting(HEADS_SORTED);
  #late = new Map<number, Head>();
  /** What is being written. */
  #ripe = new Map<number, Head>();
  #events = 0;

  of(number: number): Head | undefined {
    return this.#late.get(number) ?? this.#ripe.get(number);
  }

  /** The stream has another event. */
  moveOn(head: Head, { revision, hash, position }: Pick<Head, 'revision' | 'hash' | 'position'>): void {
    head.revision = revision;
    head.hash = hash;
    head.position = position;
    this.#events += 1;
    if (head.isLate) return;
    head.isLate = true;
    this.#late.set(head.number, head);
  }

  /** A reader's memory: the heads up to this position are in the file by now. */
  removeUpTo(position: number): void {
    for (const [number, head] of this.#late) if (head.position <= position) this.#late.delete(number);
  }

  /** Adds what is to be written next to a batch; with it the log reaches to that position. */
  addSliceTo(batch: LogBatch, lastPosition: number): void {
    if (this.#events >= WAITING_AT_MOST && !this.#sorting.isUnderWay) this.#ripen(lastPosition);
    this.#sorting.addTo(batch);
  }

  /** The batch is durable, and the heads in it with it. */
  keep(batch: LogBatch): void {
    if (this.#sorting.keep(batch)) this.#ripe = new Map();
  }

  /** Adds all that is under way, or else all that is late: nothing has to be read again at the next opening then. */
  addAllTo(batch: LogBatch, lastPosition: number): void {
    if (!this.#sorting.isUnderWay && this.#events > 0) this.#ripen(lastPosition);
    this.#sorting.addTo(batch, Number.POSITIVE_INFINITY);
  }

  #ripen(lastPosition: number): void {
    this.#ripe = this.#late;
    this.#late = new Map();
    this.#events = 0;
    for (const head of this.#ripe.values()) head.isLate = false;
    this.#sorting.begin(sorted(this.#ripe), lastPosition);
  }
}

/** A head that moves on before its slice is written is written as it is then. */
function sorted(heads: ReadonlyMap<number, Head>): SortedEntries {
  const numbers = Float64Array.from(heads.keys()).sort();
  return {
    count: numbers.length,
    slice: (from, until) => {
      const slice = numbers.subarray(from, until);
      return {
        table: 'stream',
        numbers: slice,
        revisions: slice.map((number) => heads.get(number)?.revision ?? 0),
        hashes: Array.from(slice, (number) => heads.get(number)?.hash ?? ''),
      };
    },
  };
}
