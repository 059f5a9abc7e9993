import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { KeyFilter } from './key-filter.ts';

/** How many commands wait in memory before they are sorted into the index. */
const WAITING_AT_MOST = 100_000;
/** How many keys one transaction sorts in, so that no commit has a long tail. */
const SLICE = 2_000;

interface Sorting {
  readonly keys: readonly (readonly [key: number, position: number])[];
  readonly next: number;
  readonly upTo: number;
}

/**
 * Finds the record of a command by its id. Random keys written one by one would cost a page of the file each; so they
 * wait in memory, and go into the B-tree sorted and in slices, many to a page. What waits is read from the log again
 * when the ledger is opened, therefore nothing is lost with the memory.
 */
export class CommandIndex {
  readonly #waiting = new Map<string, number>();
  #sorting: Sorting | undefined;
  #ripe: Map<string, number> = new Map();
  /** How far the sorting had come before the open transaction: a lost one takes its slice back. */
  #before: { readonly sorting: Sorting | undefined; readonly ripe: Map<string, number> } | undefined;
  readonly #filter: KeyFilter;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #setSorted: StatementSync;
  #empty: boolean;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO command_index(key, position) VALUES (?, ?)');
    this.#find = database.prepare('SELECT position FROM command_index WHERE key = ?');
    this.#find.setReturnArrays(true);
    this.#setSorted = database.prepare(
      "INSERT OR REPLACE INTO setting(name, value) VALUES ('commands_sorted_up_to', ?)",
    );
    this.#filter = new KeyFilter(database, sortedUpTo(database));
    this.#empty = database.prepare('SELECT 1 FROM command_index LIMIT 1').get() === undefined;
  }

  /** The positions at which the record may be: at most a few, since different ids seldom share a key. */
  candidates(commandId: string): readonly number[] {
    const waiting = this.#waiting.get(commandId) ?? this.#ripe.get(commandId);
    if (waiting !== undefined) return [waiting];
    if (this.#empty) return [];
    const key = keyOf(commandId);
    if (this.#filter.excludes(key)) return [];
    return (this.#find.all(key) as unknown as [number][]).map(([position]) => position);
  }

  /** Whether the command was recorded so lately that its key waits in memory. */
  isRecent(commandId: string): boolean {
    return this.#waiting.has(commandId) || this.#ripe.has(commandId);
  }

  add(commandId: string, position: number): void {
    this.#waiting.set(commandId, position);
  }

  remove(commandIds: Iterable<string>): void {
    for (const commandId of commandIds) {
      this.#waiting.delete(commandId);
      this.#ripe.delete(commandId);
    }
  }

  /** Called inside a transaction: sorts in the next slice, when there is one. */
  sortSlice(lastPosition: number): void {
    this.#filter.fill();
    if (this.#sorting === undefined) {
      if (this.#waiting.size < WAITING_AT_MOST) return;
      this.#begin(lastPosition);
    }
    this.#insertSlice(SLICE);
  }

  /** Called inside a transaction before the store is closed: sorts in everything, so that the next opening is fast. */
  sortAll(lastPosition: number): void {
    this.#insertSlice(Number.POSITIVE_INFINITY);
    if (this.#waiting.size === 0) return;
    this.#begin(lastPosition);
    this.#insertSlice(Number.POSITIVE_INFINITY);
  }

  /** The open transaction is durable, and what it sorted in with it. */
  keepSlice(): void {
    this.#before = undefined;
  }

  /** The open transaction was lost, and what it sorted in with it. */
  takeBackSlice(): void {
    if (this.#before === undefined) return;
    const { sorting, ripe } = this.#before;
    if (this.#ripe !== ripe) for (const [id, position] of this.#ripe) this.#waiting.set(id, position);
    this.#sorting = sorting;
    this.#ripe = ripe;
    this.#before = undefined;
  }

  #begin(lastPosition: number): void {
    this.#before ??= { sorting: undefined, ripe: this.#ripe };
    this.#ripe = new Map(this.#waiting);
    this.#waiting.clear();
    const keys = [...this.#ripe].map(([id, position]) => [keyOf(id), position] as const);
    keys.sort((a, b) => a[0] - b[0]);
    this.#sorting = { keys, next: 0, upTo: lastPosition };
  }

  #insertSlice(size: number): void {
    const sorting = this.#sorting;
    if (sorting === undefined) return;
    const end = Math.min(sorting.keys.length, sorting.next + size);
    this.#before ??= { sorting, ripe: this.#ripe };
    for (const [key, position] of sorting.keys.slice(sorting.next, end)) {
      this.#insert.run(key, position);
      this.#filter.add(key);
    }
    this.#sorting = { ...sorting, next: end };
    if (end > 0) this.#empty = false;
    if (end < sorting.keys.length) return;
    this.#setSorted.run(sorting.upTo);
    this.#sorting = undefined;
    this.#ripe = new Map();
  }
}

/** The position up to which the commands of the log are in the index; there are at most as many. */
export function sortedUpTo(database: DatabaseSync): number {
  const row = database.prepare("SELECT value FROM setting WHERE name = 'commands_sorted_up_to'").get();
  return Number(row?.value ?? 0);
}

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
