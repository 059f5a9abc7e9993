import { setImmediate } from 'node:timers/promises';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Thrown where a call stops because somebody asked it to. */
export class Interrupted extends Error {
  constructor(signal: string, where = '') {
    super(`interrupted by ${signal}${where === '' ? '' : ` ${where}`}`);
    this.name = 'Interrupted';
  }
}

/**
 * Ctrl-C and SIGTERM, noted instead of obeyed, so that what is on its way is finished first. A second signal ends the
 * process at once, as it would have without this.
 */
export class Interruption {
  #signal: string | undefined;
  readonly #note = (signal: string) => {
    this.#signal = signal;
  };

  constructor() {
    for (const signal of SIGNALS) process.once(signal, this.#note);
  }

  /** The signal that came, if one did. */
  get signal(): string | undefined {
    return this.#signal;
  }

  /** Throws {@link Interrupted} once a signal has come. */
  check(): void {
    if (this.#signal !== undefined) throw new Interrupted(this.#signal);
  }

  /** Lets signals in, which work that never waits keeps out, and throws {@link Interrupted} once one has come. */
  async turn(): Promise<void> {
    await setImmediate();
    this.check();
  }

  /** Leaves the signals to the process again. */
  stop(): void {
    for (const signal of SIGNALS) process.removeListener(signal, this.#note);
  }
}
