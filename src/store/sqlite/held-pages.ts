import type { DatabaseSync } from 'node:sqlite';

/**
 * How much of the file a connection holds. Mapped pages help to load streams, and count as the process's memory; so many
 * of them hold the streams lately used of a large ledger.
 */
export class HeldPages {
  readonly #database: DatabaseSync;
  readonly #mapped: boolean;
  #readingAll = 0;

  constructor(database: DatabaseSync, { mapped }: { readonly mapped: boolean }) {
    this.#database = database;
    this.#mapped = mapped;
    this.#hold(mapped);
  }

  /** While the whole log is being read few are held: what is read once is not asked for again. */
  async whileReadingAll<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.#readingAll += 1;
    this.#hold(false);
    try {
      return await work();
    } finally {
      this.#readingAll -= 1;
      if (this.#readingAll === 0 && this.#database.isOpen) this.#hold(this.#mapped);
    }
  }

  #hold(mapped: boolean): void {
    const [mappedBytes, cachedKibibytes] = mapped ? [268_435_456, 65_536] : [0, 16_384];
    this.#database.exec(`PRAGMA mmap_size = ${mappedBytes}; PRAGMA cache_size = -${cachedKibibytes}`);
  }
}
