import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Ledger } from '../../../src/index.ts';
import { ImportRun } from '../../imports/import-run.ts';
import { linesOf } from '../../imports/lines.ts';
import { senderOf } from '../access/authenticate.ts';
import type { Rows } from '../access/rows.ts';
import type { LongAnswers } from '../long-answers.ts';
import { ReaderGone } from '../long-answers.ts';
import { ND_JSON } from '../nd-json.ts';
import { failureLine } from '../problem.ts';
import { RequestError } from '../request-error.ts';
import { refuseOtherTypes } from '../request-forms.ts';
import { typed } from '../typed.ts';
import { importSender } from './import-sender.ts';
import { requestBytes, SenderGone } from './request-bytes.ts';
import type { SpoolOptions } from './spool.ts';
import { Spool } from './spool.ts';

/** What imports need. */
export interface ImportsContext {
  readonly ledger: Ledger;
  readonly rows: Rows;
  readonly long: LongAnswers;
  readonly spool?: SpoolOptions | undefined;
}

const querystring = z.strictObject({
  clock: z
    .literal('file', { error: 'takes only: file' })
    .optional()
    .meta({ description: 'An operator moves history in: each line says `at` what instant it was given' }),
  stopOnError: z
    .enum(['true', 'false'], { error: 'takes only: true, false' })
    .optional()
    .meta({ description: 'Whether nothing is done after the first line that is refused' }),
});

/** `POST /imports`: a command file in, the command line's result lines out, while it comes (SPEC section 10). */
export const imports: FastifyPluginAsync<ImportsContext> = async (app, { ledger, rows, long, spool: options }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(ND_JSON, (_request, body, done) => done(null, body));
  refuseOtherTypes(app, ND_JSON);
  typed(app).post(
    '/imports',
    { config: { access: ['operator', 'payer', 'provider'], produces: [ND_JSON] }, schema: { querystring } },
    (request, reply) => {
      const { clock, stopOnError } = request.query;
      const principal = senderOf(request);
      if (clock === 'file' && principal.role !== 'operator') {
        throw new RequestError('access.denied', `clock: a ${principal.role} may not say when a command was given`);
      }
      const body = bodyOf(request);
      const spool = new Spool(options);
      const signal = long.watch(request, reply);
      const note = (error: unknown) => request.log.error({ err: error }, 'a temporary file could not be closed');
      reply.raw.once('close', () => long.add(spool.abandon().catch(note)));
      const run = new ImportRun(ledger, {
        tell: (results) => spool.write(results),
        historic: clock === 'file',
        stopOnError: stopOnError === 'true',
        goOn: () => signal.throwIfAborted(),
        sender: importSender(principal, rows),
      });
      const answer = async function* () {
        // The answer begins before the first command: once something is done, nobody may be told that all was refused.
        reply.raw.flushHeaders();
        const bytes = requestBytes(body, { paused: () => run.tell(), signal });
        long.add(
          run
            .run(linesOf(bytes, 'the body'))
            .then(() => spool.end())
            .catch((error: unknown) => spool.end(isGone(error) ? '' : failureLine(error, request)))
            // What comes after the end of the import is read and thrown away: the sender may read only then.
            .finally(() => body.resume()),
        );
        yield* spool.read();
      };
      return reply.type(ND_JSON).send(Readable.from(answer(), { objectMode: false, highWaterMark: 64 * 1024 }));
    },
  );
};

function isGone(error: unknown): boolean {
  return error instanceof SenderGone || error instanceof ReaderGone;
}

function bodyOf({ body }: FastifyRequest): Readable {
  if (body instanceof Readable) return body;
  throw new RequestError('request.unsupported_media_type', `Content-Type: has to be ${ND_JSON}`);
}
