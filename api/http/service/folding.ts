import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../../../src/index.ts';

/**
 * Often enough, in milliseconds, that a question finds little left to fold. Where the ledger's own file is folded commands
 * wait meanwhile, so it is done in small pieces; what comes from a server is folded as it arrives, and only written here.
 */
const PAUSE = { own: 50, shared: 250 } as const;

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
  const begin = () => {
    timer = setTimeout(next, ledger.knownPosition === undefined ? PAUSE.own : PAUSE.shared);
  };
  const next = () => {
    running = fold().then(() => {
      if (timer !== undefined) begin();
    });
  };
  app.addHook('onReady', async () => begin());
  app.addHook('onClose', async () => {
    clearTimeout(timer);
    timer = undefined;
    await running;
  });
}
