import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { KeyFilter } from './key-filter.ts';
import type { SortedEntries } from './sliced-sorting.ts';
import { SlicedSorting, sortedUpTo, WAITING_AT_MOST } from './sliced-sorting.ts';

/** Under this name the file tells up to which position the commands have been sorted in. */
export const COMMANDS_SORTED = 'commands_sorted_up_to';

/**
 * Finds the record of a command by its id. Random keys written one by one would cost a page of the file each; so they
 * wait in memory, and go into the B-tree sorted and in slices, many to a page. What waits is read from the log again
 * when the ledger is opened, therefore nothing is lost with the memory.
 */
export class CommandIndex {
  #waiting = new Map<string, number>();
  /** What is being sorted in. */
  #ripe = new Map<string, number>();
  readonly #sorting: SlicedSorting;
  readonly #filter: KeyFilter;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  #empty: boolean;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO command_index(key, position) VALUES (?, ?)');
    this.#find = database.prepare('SELECT position FROM command_index WHERE key = ?');
    this.#find.setReturnArrays(true);
    this.#sorting = new SlicedSorting(database, COMMANDS_SORTED);
    this.#filter = new KeyFilter(database, sortedUpTo(database, COMMANDS_SORTED));
    this.#empty = database.prepare('SELECT 1 FROM command_index LIMIT 1').get() === undefined;
  }

  /** The positions at which the record may be: at most a few, since different ids seldom share a key. */
  candidates(commandId: string): readonly number[] {
    const waiting = this.#waiting.get(commandId) ?? this.#ripe.get(commandId);
    if (waiting !== undefined) return [waiting];
    if (this.#empty) return NOWHERE;
    const key = keyOf(commandId);
    if (this.#filter.excludes(key)) return NOWHERE;
    return (this.#find.all(key) as unknown as [number][]).map(([position]) => position);
  }

  /** Whether the command was recorded so lately that its key waits in memory. */
  isRecent(commandId: string): boolean {
    return this.#waiting.has(commandId) || this.#ripe.has(commandId);
  }

  add(commandId: string, position: number): void {
    this.#waiting.set(commandId, position);
  }

  /** Events after this position are lost; none of them has been ripe. */
  removeAfter(position: number): void {
    for (const [id, at] of this.#waiting) if (at > position) this.#waiting.delete(id);
  }

  /** Called inside a transaction: sorts in the next slice, when there is one. */
  sortSlice(): void {
    this.#filter.fill();
    this.#sorting.insert();
  }

  /** The open transaction is durable, and what it sorted in with it. */
  keepSlice(lastPosition: number): void {
    if (this.#sorting.keep()) this.#ripe = new Map();
    if (this.#waiting.size >= WAITING_AT_MOST && !this.#sorting.isUnderWay) this.#ripen(lastPosition);
  }

  /** The open transaction was lost, and what it sorted in with it. */
  takeBackSlice(): void {
    this.#sorting.takeBack();
  }

  /** Called inside a transaction that appends nothing, before the store is closed: the next opening is fast then. */
  sortAll(lastPosition: number): void {
    this.#sorting.insert(Number.POSITIVE_INFINITY);
    this.#sorting.keep();
    if (this.#waiting.size === 0) return;
    this.#ripen(lastPosition);
    this.#sorting.insert(Number.POSITIVE_INFINITY);
  }

  #ripen(lastPosition: number): void {
    this.#ripe = this.#waiting;
    this.#waiting = new Map();
    this.#sorting.begin(this.#sorted(this.#ripe), lastPosition);
  }

  #sorted(commands: ReadonlyMap<string, number>): SortedEntries {
    const positions = new Map<number, number>();
    const sharedKeys: (readonly [key: number, position: number])[] = [];
    for (const [id, position] of commands) {
      const key = keyOf(id);
      if (positions.has(key)) sharedKeys.push([key, position]);
      else positions.set(key, position);
    }
    // Numbers alone are sorted ten times faster than pairs.
    const keys = Float64Array.from(positions.keys()).sort();
    const insert = (key: number, position: number) => {
      this.#insert.run(key, position);
      this.#filter.add(key);
      this.#empty = false;
    };
    return {
      count: keys.length + sharedKeys.length,
      insert: (index) => {
        const [key, position] = sharedKeys[index - keys.length] ?? [keys[index] ?? 0, 0];
        insert(key, position === 0 ? (positions.get(key) ?? 0) : position);
      },
    };
  }
}

const NOWHERE: readonly number[] = [];

/** A key of 53 bits, which an integer of the language and a row id of SQLite both hold. */
export function keyOf(commandId: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < commandId.length; index += 1) {
    const unit = commandId.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
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
