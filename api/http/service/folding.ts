import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../../../src/index.ts';

/** So many milliseconds pass before it is looked whether there is enough to fold. */
const PAUSE = 50;
/** Commands wait for a few milliseconds while so many events are folded; more of them would keep them waiting longer. */
const ENOUGH = 64;
/** After so many milliseconds the least is enough, so that a question finds little left to fold. */
const LONGEST = 250;

/** What of a ledger is asked for here. */
type Folded = Pick<Ledger, 'catchUp' | 'eventsBehind' | 'knownPosition'>;

/** Folds what is recorded into the read models while the app runs; a question would otherwise have to do it first. */
export function foldInBackground(app: FastifyInstance, ledger: Folded): void {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let failed = false;
  let begun = performance.now();
  const fold = async () => {
    try {
      if (performance.now() - begun < LONGEST && !(await hasEnough(ledger))) return;
      begun = performance.now();
      await ledger.catchUp();
      failed = false;
    } catch (error) {
      // Told once, not ten times a second; how far they lag is what readiness and metrics tell.
      if (!failed) app.log.error({ err: error }, 'the read models cannot be folded');
      failed = true;
    }
  };
  const next = () => {
    running = fold().then(() => {
      if (timer !== undefined) timer = setTimeout(next, PAUSE);
    });
  };
  app.addHook('onReady', async () => {
    timer = setTimeout(next, PAUSE);
  });
  app.addHook('onClose', async () => {
    clearTimeout(timer);
    timer = undefined;
    await running;
  });
}

/** Whether it is worth folding already. What comes from a server is folded as it arrives, and would only be written. */
async function hasEnough(ledger: Folded): Promise<boolean> {
  return ledger.knownPosition === undefined && (await ledger.eventsBehind(ENOUGH)) >= ENOUGH;
}
