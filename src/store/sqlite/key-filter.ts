import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { KEYS_AT_LEAST } from './limits.ts';

/** With two bits set for a key, sixteen bits a key let one absent key in seventy through. */
const BITS_PER_KEY = 16;
/** How many keys are read for every question asked: filling costs less than the questions it will save. */
const KEYS_PER_QUESTION = 16;

/**
 * Tells of most absent keys that they are absent, without asking the file. It is filled little by little beside the work
 * and answers only when it has seen every key; until then, and for one absent key in many, the file is asked.
 */
export class KeyFilter {
  readonly #read: StatementSync;
  #bits: Uint32Array;
  #room: number;
  #keys = 0;
  /** The keys up to this one have been seen; undefined when all have. */
  #seenUpTo: number | undefined = -1;
  #questions = 0;

  /** `expected` is how many keys there may be already. */
  constructor(database: DatabaseSync, expected: number) {
    this.#read = database.prepare('SELECT key FROM command_index WHERE key > ? ORDER BY key LIMIT ?');
    this.#read.setReturnArrays(true);
    this.#room = roomFor(expected);
    this.#bits = bitsFor(this.#room);
  }

  /** Whether the key is certainly not there. */
  excludes(key: number): boolean {
    this.#questions += 1;
    if (this.#seenUpTo !== undefined) return false;
    return !this.#isSet(first(key)) || !this.#isSet(second(key));
  }

  add(key: number): void {
    this.#keys += 1;
    this.#set(first(key));
    this.#set(second(key));
  }

  /** Called between questions: reads on, in proportion to what has been asked. */
  fill(): void {
    const limit = this.#questions * KEYS_PER_QUESTION;
    this.#questions = 0;
    if (this.#keys > this.#room) this.#beginAnew();
    if (this.#seenUpTo === undefined || limit === 0) return;
    const keys = this.#read.all(this.#seenUpTo, limit) as unknown as [number][];
    for (const [key] of keys) this.add(key);
    this.#seenUpTo = keys.length < limit ? undefined : keys.at(-1)?.[0];
  }

  #beginAnew(): void {
    this.#room = roomFor(this.#keys);
    this.#bits = bitsFor(this.#room);
    this.#keys = 0;
    this.#seenUpTo = -1;
  }

  #set(hash: number): void {
    const bit = hash & (this.#bits.length * 32 - 1);
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  #isSet(hash: number): boolean {
    const bit = hash & (this.#bits.length * 32 - 1);
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }
}

function roomFor(expected: number): number {
  return 2 * Math.max(expected, KEYS_AT_LEAST);
}

/** A power of two, so that a place is taken from a hash by a mask; at most 2^30 bits, which are 128 MiB. */
function bitsFor(keys: number): Uint32Array {
  const bits = 2 ** Math.min(30, Math.ceil(Math.log2(keys * BITS_PER_KEY)));
  return new Uint32Array(bits / 32);
}

function first(key: number): number {
  return key ^ Math.imul(key / 4294967296, 2654435761);
}

function second(key: number): number {
  return Math.imul(key, 2246822507) ^ (key / 65536);
}
