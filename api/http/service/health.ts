import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../../../src/index.ts';
import type { Settings } from '../../settings.ts';
import { RequestError } from '../request-error.ts';

/** A write that has just succeeded or failed need not be tried again for so many milliseconds, whoever asks. */
const PROBE_COUNTS_FOR = 1_000;

/**
 * `/health/live`: the process answers. `/health/ready`: it takes commands and answers questions: the store can be
 * written, read models are no more than so many events behind, and it is not about to stop. For everybody: neither says more.
 */
export function registerHealth(
  app: FastifyInstance,
  { ledger, READY_LAG }: { readonly ledger: Ledger } & Pick<Settings, 'READY_LAG'>,
): void {
  const probe = shared(() => ledger.probe());
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async () => {
    if (stopping) throw new RequestError('server.not_ready', 'the server is about to stop');
    await probe();
    // A server counts by reading, so no more are asked for than decide. Where nobody knows how many, it is not ready either.
    const eventsBehind = await ledger.eventsBehind(READY_LAG + 1);
    if (!(eventsBehind <= READY_LAG)) {
      throw new RequestError('server.not_ready', `the read models are more than ${READY_LAG} events behind`);
    }
    return { status: 'ready', eventsBehind };
  });
}

/** Does the work once for all who ask within a second: each write waits for the disk. */
function shared(work: () => Promise<void>): () => Promise<void> {
  let last: { readonly begun: number; readonly done: Promise<void> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.begun > PROBE_COUNTS_FOR) last = { begun: now, done: work() };
    return last.done;
  };
}
