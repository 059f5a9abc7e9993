import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../../../src/index.ts';

/** Often enough that a question finds little left to fold, and that no commands wait long for it. */
const PAUSE = 250;

/** Folds what is recorded into the read models while the app runs; a question would otherwise have to do it first. */
export function foldInBackground(app: FastifyInstance, ledger: Ledger): void {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let failed = false;
  const fold = async () => {
    try {
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
