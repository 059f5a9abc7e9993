/**
 * A small deterministic source of whole numbers (mulberry32). The demo must be the same town on every machine, so
 * nothing here depends on the clock or on floating-point arithmetic.
 */
export class DemoRandom {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** A source of its own for one subject, so that a change in one part of the town leaves the other parts as they are. */
  fork(subject: string): DemoRandom {
    let hash = 0x811c9dc5 ^ this.#seed;
    for (const character of subject) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return new DemoRandom(hash);
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return this.#next() % limit;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in `share` of a thousand cases. */
  perMille(share: number): boolean {
    return this.below(1000) < share;
  }

  /** One of the items, which must not be empty. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** The items in a random order (Fisher–Yates); the given list stays as it is. */
  shuffle<T>(items: readonly T[]): T[] {
    const left = [...items];
    const shuffled: T[] = [];
    while (left.length > 0) {
      const index = this.below(left.length);
      const chosen = left[index];
      const last = left.pop();
      if (chosen === undefined || last === undefined) break;
      if (index < left.length) left[index] = last;
      shuffled.push(chosen);
    }
    return shuffled;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
