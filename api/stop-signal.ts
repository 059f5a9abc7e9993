const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;
type Signal = keyof typeof SIGNALS;

/** npm and the terminal both pass on the same Ctrl-C; a second one that is meant comes later than that. */
const ONE_AND_THE_SAME = 300;
/** What a shell adds to the number of the signal that ended a process. */
const ENDED_BY_SIGNAL = 128;

/**
 * SIGINT and SIGTERM, noted from the moment this is made. A second one ends the process at once, which has to be done
 * here: the first process of a container is not ended by a signal it does not take.
 */
export class StopSignal {
  readonly #first = Promise.withResolvers<Signal>();
  #firstAt: number | undefined;

  constructor() {
    for (const signal of Object.keys(SIGNALS)) process.on(signal, this.#take);
  }

  /** The first signal, when it comes. */
  get came(): Promise<Signal> {
    return this.#first.promise;
  }

  /** Leaves the signals to the process again. */
  release(): void {
    for (const signal of Object.keys(SIGNALS)) process.removeListener(signal, this.#take);
  }

  readonly #take = (signal: Signal) => {
    const now = performance.now();
    this.#firstAt ??= now;
    if (now - this.#firstAt > ONE_AND_THE_SAME) process.exit(ENDED_BY_SIGNAL + SIGNALS[signal]);
    this.#first.resolve(signal);
  };
}
