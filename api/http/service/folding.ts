import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../../../src/index.ts';

/** Between two foldings, in milliseconds: often enough that a question finds little left to fold. */
const PAUSE = { shortest: 50, longest: 250 } as const;
/** For how many milliseconds folding may keep commands waiting, as long as the shortest pause allows it. */
const AT_A_TIME = 4;

/** Folds what is recorded into the read models while the app runs; a question would otherwise have to do it first. */
export function foldInBackground(app: FastifyInstance, ledger: Ledger): void {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let failed = false;
  let pause: number = PAUSE.longest;
  const fold = async () => {
    const begun = performance.now();
    try {
      await ledger.catchUp();
      failed = false;
    } catch (error) {
      // Told once, not ten times a second; how far they lag is what readiness and metrics tell.
      if (!failed) app.log.error({ err: error }, 'the read models cannot be folded');
      failed = true;
    }
    // What comes from a server is folded as it arrives, and only written here.
    pause = ledger.knownPosition === undefined ? pauseAfter(pause, performance.now() - begun) : PAUSE.longest;
  };
  const next = () => {
    running = fold().then(() => {
      if (timer !== undefined) timer = setTimeout(next, pause);
    });
  };
  app.addHook('onReady', async () => {
    timer = setTimeout(next, pause);
  });
  app.addHook('onClose', async () => {
    clearTimeout(timer);
    timer = undefined;
    await running;
  });
}

/** A pause in which about as much is recorded as can be folded in the time there is for it; `took` is for the last one. */
function pauseAfter(pause: number, took: number): number {
  return Math.min(PAUSE.longest, Math.max(PAUSE.shortest, (pause * AT_A_TIME) / Math.max(took, 1)));
}
