import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { certificateStream } from '../../../src/domain/certificate/events.ts';
import { LedgerError } from '../../../src/index.ts';
import { civilDate, identifier, instant } from '../../../src/kernel/fields.ts';
import { given } from '../../../src/kernel/given.ts';
import { senderOf } from '../access/authenticate.ts';
import { typed } from '../typed.ts';
import type { QueryContext } from './context.ts';

const params = z.strictObject({ certificateId: identifier });
const querystring = z.strictObject({ on: civilDate.optional(), asOf: instant.optional() });

/** The questions about one certificate. */
export function registerCertificates(app: FastifyInstance, { ledger, rows }: QueryContext): void {
  typed(app).get(
    '/certificates/:certificateId/balance',
    { config: { access: ['operator', 'payer', 'auditor'] }, schema: { params, querystring } },
    async (request, reply) => {
      const { certificateId } = request.params;
      if (!(await rows.isOwn('certificate', certificateId, senderOf(request)))) {
        throw new LedgerError('certificate.not_found', `there is no certificate ${certificateId}`);
      }
      const revision = await ledger.revisionOf(certificateStream(certificateId));
      if (revision !== undefined) reply.header('ETag', `"${revision}"`);
      return ledger.balance(certificateId, given(request.query));
    },
  );
}
