import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { LedgerError } from '../../../src/index.ts';
import { NO_STREAM } from '../../../src/store/event-store.ts';
import { KurrentDbEventStore } from '../../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { newEvent } from '../store/stored-forms.ts';

const PAUSE = 20;
/** An answer that was on its way when the leader died arrives within this time, in milliseconds. */
const ON_ITS_WAY = 50;

/** Appends one event after another, each to a stream of its own, and notes when they succeed. */
export class AppendProbe {
  readonly #store: KurrentDbEventStore;
  readonly #succeeded: number[] = [];
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(address: string) {
    this.#store = new KurrentDbEventStore(address, { prefix: `probe-${randomUUID()}.` });
    this.#running = this.#run();
  }

  /** How long after a moment, by `performance.now()`, an append succeeded again, in milliseconds. */
  async succeededAfter(moment: number): Promise<number> {
    for (;;) {
      const first = this.#succeeded.find((at) => at > moment + ON_ITS_WAY);
      if (first !== undefined) return first - moment;
      // A probe that has ended with an error would be waited for in vain.
      await Promise.race([wait(PAUSE), this.#running]);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.#store.close();
  }

  async #run(): Promise<void> {
    for (let number = 0; !this.#stopped; number += 1) {
      try {
        await this.#store.append(`probe-${number}`, NO_STREAM, [newEvent()]);
        this.#succeeded.push(performance.now());
      } catch (error) {
        if (!(error instanceof LedgerError) || error.code !== 'store.unavailable') throw error;
      }
      await wait(PAUSE);
    }
  }
}
