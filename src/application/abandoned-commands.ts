import { LedgerError } from '../kernel/errors.ts';

/** How often it is looked for commands that nobody goes on with, and how long they are left alone, in milliseconds. */
const [EVERY, LEFT_ALONE] = [10_000, 30_000];

/** Has commands finished that another node has begun and not gone on with, as long as the ledger is open. */
export class AbandonedCommands {
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  /** `finish` finishes those that have been open for so many milliseconds. */
  constructor(finish: (after: number) => Promise<void>) {
    this.#timer = setInterval(() => {
      this.#looking ??= finish(LEFT_ALONE)
        .catch((error: unknown) => {
          // They stay open, are listed by `status` and are looked at again; the store may only be away for a moment.
          if (!(error instanceof LedgerError)) throw error;
        })
        .finally(() => {
          this.#looking = undefined;
        });
    }, EVERY);
    // A process that has nothing else to do may end.
    this.#timer.unref();
  }

  /** Ends it, after what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}
