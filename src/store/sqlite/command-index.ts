import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { KeyFilter } from './key-filter.ts';
import { KeyTable } from './key-table.ts';
import { WAITING_AT_MOST } from './limits.ts';
import type { LogBatch } from './log-batch.ts';
import { mixedText } from './mixed-text.ts';
import type { SortedEntries } from './sliced-sorting.ts';
import { SlicedSorting, sortedUpTo } from './sliced-sorting.ts';

/** Under this name the file tells up to which position the commands have been sorted in. */
export const COMMANDS_SORTED = 'commands_sorted_up_to';

/**
 * Finds the record of a command by its id. Random keys written one by one would cost a page of the file each; so they
 * wait in memory, and go into the B-tree sorted and in slices, many to a page. What waits is read from the log again
 * when the ledger is opened, therefore nothing is lost with the memory.
 */
export class CommandIndex {
  #waiting = new KeyTable();
  /** What is being sorted in. */
  #ripe = new KeyTable();
  readonly #sorting = new SlicedSorting(COMMANDS_SORTED);
  readonly #filter: KeyFilter;
  readonly #find: StatementSync;
  #empty: boolean;
  /** A command's id is asked for several times in a row. */
  #latest = { id: '', key: keyOf('') };

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT position FROM command_index WHERE key = ?');
    this.#find.setReturnArrays(true);
    this.#filter = new KeyFilter(database, sortedUpTo(database, COMMANDS_SORTED));
    this.#empty = database.prepare('SELECT 1 FROM command_index LIMIT 1').get() === undefined;
  }

  /** The positions at which the record may be: at most a few, since different ids seldom share a key. */
  candidates(commandId: string): readonly number[] {
    const recent = this.recent(commandId);
    const key = this.#keyOf(commandId);
    if (this.#empty || this.#filter.excludes(key)) return recent;
    const sortedIn = (this.#find.all(key) as unknown as [number][]).map(([position]) => position);
    return [...recent, ...sortedIn];
  }

  /** Those of them that wait in memory. */
  recent(commandId: string): readonly number[] {
    const key = this.#keyOf(commandId);
    const waiting = this.#waiting.positionsOf(key);
    const ripe = this.#ripe.positionsOf(key);
    return ripe.length === 0 ? waiting : [...ripe, ...waiting];
  }

  add(commandId: string, position: number): void {
    this.#waiting.add(this.#keyOf(commandId), position);
  }

  /** A reader's memory: everything up to this position is in the file by now. */
  removeUpTo(position: number): void {
    this.#waiting = this.#waiting.after(position);
    if (position > 0) this.#empty = false;
  }

  /** Adds what is to be sorted in next to a batch; with what waits the log reaches to that position. */
  addSliceTo(batch: LogBatch, lastPosition: number): void {
    this.#filter.fill();
    if (this.#waiting.size >= WAITING_AT_MOST && !this.#sorting.isUnderWay) this.#ripen(lastPosition);
    this.#sorting.addTo(batch);
  }

  /** The batch is durable, and what it sorted in with it. */
  keep(batch: LogBatch): void {
    if (this.#sorting.keep(batch)) this.#ripe = new KeyTable();
  }

  /** Adds all that is under way, or else all that waits: nothing has to be read again at the next opening then. */
  addAllTo(batch: LogBatch, lastPosition: number): void {
    if (!this.#sorting.isUnderWay && this.#waiting.size > 0) this.#ripen(lastPosition);
    this.#sorting.addTo(batch, Number.POSITIVE_INFINITY);
  }

  #ripen(lastPosition: number): void {
    this.#ripe = this.#waiting;
    this.#waiting = new KeyTable();
    this.#sorting.begin(this.#entriesOf(this.#ripe), lastPosition);
  }

  #entriesOf(commands: KeyTable): SortedEntries {
    const { keys, positions } = commands.sorted();
    return {
      count: keys.length,
      slice: (from, until) => {
        const slice = keys.subarray(from, until);
        for (const key of slice) this.#filter.add(key);
        this.#empty = false;
        return { table: 'command_index', keys: slice, positions: positions.subarray(from, until) };
      },
    };
  }

  #keyOf(commandId: string): number {
    if (this.#latest.id !== commandId) this.#latest = { id: commandId, key: keyOf(commandId) };
    return this.#latest.key;
  }
}

/** A key of 53 bits. */
export function keyOf(commandId: string): number {
  return mixedText(commandId, { high: 0xdeadbeef, low: 0x41c6ce57 });
}

/** The command an event is the record of: only such events carry the digest of a body. */
export function recordOf(metadata: unknown): string | undefined {
  if (typeof metadata !== 'string' || !metadata.includes('"bodyDigest"')) return undefined;
  try {
    const { commandId, bodyDigest } = JSON.parse(metadata) as { commandId?: string; bodyDigest?: string };
    return bodyDigest === undefined ? undefined : commandId;
  } catch (error) {
    // The file has been damaged. It can be opened all the same, so that `verify` can tell where.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
