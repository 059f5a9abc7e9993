/** A row in memory, or the knowledge that there is none. */
export interface Held<Row> {
  /** The parts of its key. */
  readonly first: string;
  readonly second: string | undefined;
  readonly third: string | undefined;
  row: Row | undefined;
  changed: boolean;
  /** Under what its table's indexes hold it; undefined where the table does not hold it. */
  written: unknown;
  /** The age in which it was last asked for. */
  age: number;
  /** Whether it is no longer in memory, although somebody may still hold it. */
  released: boolean;
  /** The row of another table to which it belongs, once that has been looked for. */
  owner: Held<object> | undefined;
  /** The next row of its table with the same first part of its key. */
  next: Held<Row> | undefined;
}

/** The first row of each table under one key; the others follow it. */
type Shelf = (Held<object> | undefined)[];

/** The number of the stream whose event is being folded, where the store numbers its streams. */
export class StreamAtHand {
  number: number | undefined;
}

/** How many streams' shelves are remembered side by side. */
const STREAMS_PER_PAGE = 512;

/**
 * The rows of all tables whose keys begin with the same column, by that first part: whoever looks for an event's contract
 * in one table looks for it in the next one too, and finds it there at once. Few rows of a table share a first part,
 * and going through them beats joining keys.
 */
export class HeldRows {
  readonly #shelves = new Map<string, Shelf>();
  readonly #held: number[] = [];
  /** The key looked for last, and its rows. */
  #key: string | undefined;
  #shelf: Shelf | undefined;
  #age = 0;
  readonly #atHand: StreamAtHand;
  /**
   * The rows that the last event of each stream was about, by the stream's number. Most streams come back to the same
   * ones, and an array leads there with half the reaches into memory that a map of keys needs.
   */
  #ofStreams: (Shelf | undefined)[][] = [];

  constructor(atHand: StreamAtHand = new StreamAtHand()) {
    this.#atHand = atHand;
  }

  /** Makes room for one more table and answers its place. */
  addTable(): number {
    return this.#held.push(0) - 1;
  }

  /** How many rows of a table are held. */
  heldOf(table: number): number {
    return this.#held[table] ?? 0;
  }

  /** The row of a table, if it is in memory. */
  find(table: number, key: string, second?: string, third?: string): Held<object> | undefined {
    const shelf = key === this.#key ? this.#shelf : this.#shelfOf(table, key);
    if (shelf === undefined) return undefined;
    this.#key = key;
    this.#shelf = shelf;
    let held = shelf[table];
    while (held !== undefined && (held.second !== second || held.third !== third)) held = held.next;
    if (held !== undefined) held.age = this.#age;
    return held;
  }

  /** The row has been used, without being looked for. */
  keep(held: Held<object>): void {
    held.age = this.#age;
  }

  /** Makes the place of a row that is not in memory yet. */
  hold(table: number, first: string, second?: string, third?: string): Held<object> {
    let shelf = this.#shelves.get(first);
    if (shelf === undefined) {
      // Of exactly that length: an array that grows takes room for many more.
      shelf = new Array<Held<object> | undefined>(this.#held.length).fill(undefined);
      this.#shelves.set(first, shelf);
    }
    const held: Held<object> = {
      first,
      second,
      third,
      row: undefined,
      changed: false,
      written: undefined,
      age: this.#age,
      released: false,
      owner: undefined,
      next: shelf[table],
    };
    shelf[table] = held;
    this.#held[table] = this.heldOf(table) + 1;
    return held;
  }

  /**
   * Lets go of the rows that nobody has asked for since this was last called, in tables of which more than so many are
   * held. All of them are written.
   */
  releaseUnused(atLeast: number): void {
    const large = this.#held.map((held) => held > atLeast);
    for (const [key, shelf] of this.#shelves) {
      for (let table = 0; table < shelf.length; table += 1) if (large[table]) this.#releaseUnusedOf(shelf, table);
      if (shelf.every((first) => first === undefined)) this.#shelves.delete(key);
    }
    this.#forgetLast();
    this.#age += 1;
  }

  /** Lets go of all rows. */
  clear(): void {
    this.#shelves.clear();
    this.#held.fill(0);
    this.#forgetLast();
  }

  #shelfOf(table: number, key: string): Shelf | undefined {
    const { number } = this.#atHand;
    if (number === undefined) return this.#shelves.get(key);
    let page = this.#ofStreams[Math.floor(number / STREAMS_PER_PAGE)];
    const known = page?.[number % STREAMS_PER_PAGE];
    if (known?.[table]?.first === key) return known;
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) return undefined;
    if (page === undefined) {
      page = new Array<Shelf | undefined>(STREAMS_PER_PAGE).fill(undefined);
      this.#ofStreams[Math.floor(number / STREAMS_PER_PAGE)] = page;
    }
    page[number % STREAMS_PER_PAGE] = shelf;
    return shelf;
  }

  #releaseUnusedOf(shelf: Shelf, table: number): void {
    let kept: Held<object> | undefined;
    for (let held = shelf[table]; held !== undefined; ) {
      const { next } = held;
      if (held.age === this.#age) {
        held.next = kept;
        kept = held;
      } else {
        held.released = true;
        this.#held[table] = this.heldOf(table) - 1;
      }
      held = next;
    }
    shelf[table] = kept;
  }

  #forgetLast(): void {
    this.#key = undefined;
    this.#shelf = undefined;
    this.#ofStreams = [];
  }
}
