import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Ledger } from '../../src/index.ts';
import { RequestError } from './request-error.ts';

/** The header by which several servers of one ledger answer as one would. */
export const POSITION = 'Ledger-Position';

/** As Node hands it over. */
const HEADER = POSITION.toLowerCase();

/** Long enough for every store's positions. */
const LONGEST = 100;

/** A position as a request brings it, for the reference. */
export const positionHeader = z
  .string()
  .optional()
  .meta({
    description: `The \`${POSITION}\` of an earlier answer, of whichever server of the ledger; waited for, for a bounded time, then 503`,
    examples: ['203365830/203365830'],
  });

/** Tells how far the log of a shared store is known here, with what the request has done. */
export function tellPosition(reply: FastifyReply, { knownPosition }: Ledger): void {
  if (knownPosition !== undefined) reply.header(POSITION, knownPosition);
}

/**
 * Lets a question wait for what another server of the same ledger has answered: behind a load balancer the next request
 * may come to a server whose read models are a moment behind. Errors: `readmodels.behind`, `request.invalid`.
 */
export function waitForPosition(app: FastifyInstance, ledger: Ledger): void {
  app.addHook('preHandler', ({ headers, method }, _reply, done) => {
    const position = headers[HEADER];
    if (position === undefined || (method !== 'GET' && method !== 'HEAD')) return done();
    if (typeof position !== 'string' || position.length > LONGEST) {
      throw new RequestError('request.invalid', `${POSITION}: is not that of an earlier answer`);
    }
    ledger.reach(position).then(() => done(), done);
  });
}
