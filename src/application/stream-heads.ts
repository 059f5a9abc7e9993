import { createHash } from 'node:crypto';
import { CHAIN_START } from '../events/chain.ts';
import { compareCodePoints } from '../kernel/order.ts';

/** SHA-256 in base64url. */
const HASH_LENGTH = 43;
const ROOM_AT_FIRST = 1_024;
const LINES_PER_UPDATE = 1_000;

/**
 * How far each stream has been read, and the link of its hash chain there. A ledger has several streams a contract;
 * their links stand side by side in one block of bytes, since a text of its own for each would be most of a check's memory.
 */
export class StreamHeads {
  readonly #places = new Map<string, number>();
  #revisions = new Float64Array(ROOM_AT_FIRST);
  #hashes = Buffer.alloc(ROOM_AT_FIRST * HASH_LENGTH);
  /** The stream asked for last: whoever looks at an event's stream looks at it more than once. */
  #stream: string | undefined;
  #place: number | undefined;

  /** The revision read last; -1 where nothing of the stream has been read. */
  revisionOf(stream: string): number {
    const place = this.#placeOf(stream);
    return place === undefined ? -1 : (this.#revisions[place] ?? -1);
  }

  /** The link read last; that of the chain's start where nothing has been read. */
  hashOf(stream: string): string {
    const place = this.#placeOf(stream);
    return place === undefined
      ? CHAIN_START
      : this.#hashes.toString('latin1', place * HASH_LENGTH, (place + 1) * HASH_LENGTH);
  }

  /** The stream has been read up to this revision. */
  set(stream: string, revision: number, hash: string): void {
    const place = this.#placeOf(stream) ?? this.#addPlace(stream);
    this.#revisions[place] = revision;
    this.#hashes.write(hash, place * HASH_LENGTH, HASH_LENGTH, 'latin1');
  }

  /** How many streams have been read. */
  get size(): number {
    return this.#places.size;
  }

  /** The streams that have been read, in the order they were met. */
  streams(): Iterable<string> {
    return this.#places.keys();
  }

  /** SHA-256, base64url, over all heads, a line each, by stream name as text. */
  digest(): string {
    const digest = createHash('sha256');
    let lines: string[] = [];
    for (const stream of [...this.#places.keys()].sort(compareCodePoints)) {
      lines.push(`${JSON.stringify(stream)} ${this.revisionOf(stream)} ${this.hashOf(stream)}\n`);
      if (lines.length < LINES_PER_UPDATE) continue;
      digest.update(lines.join(''));
      lines = [];
    }
    return digest.update(lines.join('')).digest('base64url');
  }

  #placeOf(stream: string): number | undefined {
    if (stream !== this.#stream) {
      this.#stream = stream;
      this.#place = this.#places.get(stream);
    }
    return this.#place;
  }

  #addPlace(stream: string): number {
    const place = this.#places.size;
    this.#places.set(stream, place);
    this.#place = place;
    if (place === this.#revisions.length) this.#makeRoom();
    return place;
  }

  #makeRoom(): void {
    const revisions = new Float64Array(2 * this.#revisions.length);
    revisions.set(this.#revisions);
    this.#revisions = revisions;
    this.#hashes = Buffer.concat([this.#hashes], 2 * this.#hashes.length);
  }
}
