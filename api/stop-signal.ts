const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;
type Signal = keyof typeof SIGNALS;

/** npm and the terminal both pass on the same Ctrl-C; a second one that is meant comes later than that. */
const ONE_AND_THE_SAME = 300;
/** What a shell adds to the number of the signal that ended a process. */
const ENDED_BY_SIGNAL = 128;

/**
 * Waits for SIGINT or SIGTERM. One more ends the process at once, which has to be done here: the first process of a
 * container is not ended by a signal it does not take.
 */
export async function stopSignal(): Promise<Signal> {
  const first = Promise.withResolvers<Signal>();
  let firstAt: number | undefined;
  const taken = (signal: Signal) => {
    const now = performance.now();
    firstAt ??= now;
    if (now - firstAt > ONE_AND_THE_SAME) process.exit(ENDED_BY_SIGNAL + SIGNALS[signal]);
    first.resolve(signal);
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, taken);
  return first.promise;
}
