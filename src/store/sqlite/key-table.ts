/** Slots at first; a table that is half full doubles them. */
const SLOTS = 4_096;
const EMPTY = 0;

/**
 * Positions of the log by keys of 53 bits, in two blocks of numbers: the collector has nothing to do with what waits in
 * them, however long. A key may have several positions, of different commands.
 */
export class KeyTable {
  #keys = new Float64Array(SLOTS);
  /** A position is never 0, which marks a slot that is free. */
  #positions = new Float64Array(SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(key: number, position: number): void {
    if (2 * this.#size >= this.#keys.length) this.#grow();
    const mask = this.#keys.length - 1;
    let slot = key & mask;
    while (this.#positions[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#keys[slot] = key;
    this.#positions[slot] = position;
    this.#size += 1;
  }

  /** The positions of a key, in the order they were added. */
  positionsOf(key: number): readonly number[] {
    const mask = this.#keys.length - 1;
    let found: number[] | undefined;
    for (let slot = key & mask; this.#positions[slot] !== EMPTY; slot = (slot + 1) & mask) {
      if (this.#keys[slot] !== key) continue;
      found ??= [];
      found.push(this.#positions[slot] ?? EMPTY);
    }
    return found ?? NOWHERE;
  }

  /** All keys and their positions, by key. */
  sorted(): { readonly keys: Float64Array; readonly positions: Float64Array } {
    // Numbers alone are sorted ten times faster than pairs.
    const keys = this.#keys.filter((_, slot) => this.#positions[slot] !== EMPTY).sort();
    const positions = new Float64Array(keys.length);
    for (let index = 0; index < keys.length; ) {
      for (const position of this.positionsOf(keys[index] ?? 0)) positions[index++] = position;
    }
    return { keys, positions };
  }

  /** A table of those after a position. */
  after(position: number): KeyTable {
    const later = new KeyTable();
    for (const [slot, at] of this.#positions.entries()) if (at > position) later.add(this.#keys[slot] ?? 0, at);
    return later;
  }

  #grow(): void {
    const [keys, positions] = [this.#keys, this.#positions];
    this.#keys = new Float64Array(2 * keys.length);
    this.#positions = new Float64Array(2 * keys.length);
    this.#size = 0;
    // By hand: the pairs of an iterator would be garbage, four times as much as what is moved.
    for (let slot = 0; slot < keys.length; slot += 1) {
      const position = positions[slot] ?? EMPTY;
      if (position !== EMPTY) this.add(keys[slot] ?? 0, position);
    }
  }
}

const NOWHERE: readonly number[] = [];
