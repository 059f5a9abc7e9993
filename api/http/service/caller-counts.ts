/** How many requests of a caller came within the window that is going on, and for how long it still does. */
export interface CallerCount {
  readonly count: number;
  readonly endsIn: number;
}

interface Window {
  readonly begun: number;
  count: number;
}

/** Counts the requests of callers in windows of so many milliseconds, each of which begins with a caller's first request. */
export class CallerCounts {
  readonly #length: number;
  readonly #atMost: number;
  /** In the order in which they have begun. */
  readonly #windows = new Map<string, Window>();

  /** `atMost` callers are counted at a time; one more takes the place of the one whose window has begun first. */
  constructor(length: number, atMost: number) {
    this.#length = length;
    this.#atMost = atMost;
  }

  /** Counts one more request of a caller, at a time in milliseconds that never goes back. */
  add(caller: string, now: number): CallerCount {
    const known = this.#windows.get(caller);
    if (known === undefined || now - known.begun >= this.#length) return this.#begin(caller, now);
    known.count += 1;
    return { count: known.count, endsIn: known.begun + this.#length - now };
  }

  #begin(caller: string, now: number): CallerCount {
    this.#windows.delete(caller);
    const [first] = this.#windows.keys();
    if (this.#windows.size >= this.#atMost && first !== undefined) this.#windows.delete(first);
    this.#windows.set(caller, { begun: now, count: 1 });
    return { count: 1, endsIn: this.#length };
  }
}
