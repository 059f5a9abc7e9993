import { inTime } from './in-time.ts';

interface Running<Answer> {
  readonly read: Promise<Answer>;
  /** Begins when `read` has ended, for everybody who asked meanwhile. */
  next?: Promise<Answer>;
}

/** How long somebody waits who shares a read, in milliseconds, and what he is told then. */
export interface Patience {
  readonly time: number;
  readonly late: () => Error;
}

/**
 * Reads the same place once at a time: whoever asks while a read is on its way shares the one after it. So many askers cost
 * few reads, and each still learns what was there when he asked or later, never what was there before.
 */
export class JoinedReads<Answer> {
  readonly #read: (place: string) => Promise<Answer>;
  readonly #patience: Patience;
  readonly #running = new Map<string, Running<Answer>>();

  /** A read ends in time by itself; `patience` is for those who wait for two of them. */
  constructor(read: (place: string) => Promise<Answer>, patience: Patience) {
    this.#read = read;
    this.#patience = patience;
  }

  /** Errors: those of the read, told to all who share it; the next begins all the same. */
  of(place: string): Promise<Answer> {
    const running = this.#running.get(place);
    if (running === undefined) return this.#begin(place);
    const begin = () => this.#begin(place);
    running.next ??= running.read.then(begin, begin);
    return inTime(running.next, this.#patience.time, this.#patience.late);
  }

  #begin(place: string): Promise<Answer> {
    const running: Running<Answer> = { read: this.#read(place) };
    this.#running.set(place, running);
    const end = () => {
      // Whoever waits for the next read is joined until that begins, and takes this one's place.
      if (running.next === undefined) this.#running.delete(place);
    };
    running.read.then(end, end);
    return running.read;
  }
}
