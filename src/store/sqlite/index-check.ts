/** What the log and an index hold of the events that were sorted in. */
export class IndexCheck {
  readonly upTo: number;
  readonly recorded = new Checksum();
  readonly indexed = new Checksum();
  readonly #name: string;

  constructor(name: string, upTo: number) {
    this.#name = name;
    this.upTo = upTo;
  }

  findings(last: number): string[] {
    const differs = `the index of ${this.#name} differs from the log`;
    if (this.upTo > last) return [`${differs}: it reaches to ${this.upTo}, the log to ${last}`];
    if (this.recorded.equals(this.indexed)) return [];
    return [`${differs}: ${this.indexed.count} entries in it, ${this.recorded.count} recorded`];
  }
}

/** Tells two sets of tuples apart without holding them. */
class Checksum {
  count = 0;
  #sum = 0;

  add(...numbers: readonly number[]): void {
    this.count += 1;
    let mixed = 0;
    for (const number of numbers) {
      mixed = Math.imul(mixed ^ (number >>> 0), 2654435761);
      mixed = Math.imul(mixed ^ (mixed >>> 15) ^ Math.floor(number / 4294967296), 2246822507);
    }
    this.#sum = (this.#sum + Math.imul(mixed ^ (mixed >>> 13), 3266489909)) | 0;
  }

  equals(other: Checksum): boolean {
    return this.count === other.count && this.#sum === other.#sum;
  }
}
