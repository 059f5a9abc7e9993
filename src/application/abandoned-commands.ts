import process from 'node:process';
import { LedgerError } from '../kernel/errors.ts';

/** How often it is looked for commands that nobody goes on with, and how long they are left alone, in milliseconds. */
const [EVERY, LEFT_ALONE] = [10_000, 30_000];

/** Has commands finished that another node has begun and not gone on with, as long as the ledger is open. */
export class AbandonedCommands {
  readonly #finish: (after: number) => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #warned = '';

  /** `finish` finishes those that have been open for so many milliseconds. */
  constructor(finish: (after: number) => Promise<void>) {
    this.#finish = finish;
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look();
    }, EVERY);
    // A process that has nothing else to do may end.
    this.#timer.unref();
  }

  /** Ends it, after what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    try {
      await this.#finish(LEFT_ALONE);
    } catch (error) {
      // They stay open, are listed by `status` and are looked at again; the store may only be away for a moment.
      if (!(error instanceof LedgerError)) this.#warn(error);
    } finally {
      this.#looking = undefined;
    }
  }

  /** A fault of the program's own ends neither the process nor the looking; it is told once, not every ten seconds. */
  #warn(error: unknown): void {
    const failure = error instanceof Error ? error : new TypeError(String(error));
    if (failure.message === this.#warned) return;
    this.#warned = failure.message;
    process.emitWarning(failure);
  }
}
