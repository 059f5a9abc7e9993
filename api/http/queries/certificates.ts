import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { certificateStream } from '../../../src/domain/certificate/events.ts';
import type { Balance } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { given } from '../../../src/kernel/given.ts';
import { senderOf } from '../access/authenticate.ts';
import { balance, balanceExamples, explanation } from '../answers/balance.ts';
import { certificate, certificateExamples } from '../answers/certificates.ts';
import type { Operation } from '../operation.ts';
import { typed } from '../typed.ts';
import type { QueryContext } from './context.ts';
import { isKnown, nothing, tagWithRevision } from './entity-tag.ts';
import { asOf, idParameters, on } from './parameters.ts';
import { registerRegistry } from './registry-routes.ts';

const params = z.strictObject({ certificateId: idParameters.certificateId });
const querystring = z.strictObject({ on: on.optional(), asOf: asOf.optional() });

/** The questions about certificates. */
export function registerCertificates(app: FastifyInstance, context: QueryContext): void {
  registerRegistry(app, context, {
    registry: 'certificates',
    name: 'Certificates',
    tag: 'certificates',
    summary: 'Lists certificates with their figures',
    item: certificate,
    example: certificateExamples.certificate,
    personal: true,
    single: {
      path: '/certificates/:certificateId',
      operationId: 'getCertificate',
      summary: 'Shows a certificate with its figures',
      key: { certificateId: 'certificate' },
      notFound: 'certificate.not_found',
      stream: ({ certificateId = '' }) => certificateStream(certificateId),
    },
  });
  registerBalance(app, context);
  registerExplanation(app, context);
}

function registerBalance(app: FastifyInstance, context: QueryContext): void {
  const { ledger } = context;
  const operation: Operation = {
    operationId: 'getBalance',
    summary: 'The balance of a certificate, on a day, as known at an instant',
    description: 'A provider sees its own contracts alone; the figures of a period are of all of them.',
    tag: 'certificates',
    answer: {
      description: 'The balance',
      contents: [{ schema: balance, example: balanceExamples.balance }],
      headers: ['ETag'],
    },
    revalidated: true,
  };
  typed(app).get(
    '/certificates/:certificateId/balance',
    {
      config: { access: ['operator', 'payer', 'provider', 'auditor'], operation },
      schema: { params, querystring, response: { 200: balance, 304: nothing } },
    },
    (request, reply) => {
      const { params, query, headers } = request;
      const { certificateId } = params;
      const isOfNow = headers['if-none-match'] === undefined && query.on === undefined && query.asOf === undefined;
      const seesWhole = seesAll(certificateId, request, context);
      const atHand = isOfNow && seesWhole ? ledger.currentBalanceAtHand(certificateId) : undefined;
      if (atHand !== undefined) {
        tagWithRevision(reply, atHand.revision);
        return atHand.balance;
      }
      const found = async () => {
        const own = seesWhole ? 'all' : await ownContracts(certificateId, request, context);
        if (isOfNow) {
          const { balance, revision } = await ledger.currentBalance(certificateId);
          tagWithRevision(reply, revision);
          return withContracts(balance, own);
        }
        const revision = await ledger.revisionOf(certificateStream(certificateId));
        tagWithRevision(reply, revision);
        if (isKnown(request, revision)) return reply.code(304).send(undefined);
        return withContracts(await ledger.balance(certificateId, given(query)), own);
      };
      return found();
    },
  );
}

function registerExplanation(app: FastifyInstance, context: QueryContext): void {
  const { ledger } = context;
  const operation: Operation = {
    operationId: 'explainBalance',
    summary: 'The events behind a balance, each with its effect and running totals',
    tag: 'certificates',
    answer: {
      description: 'All of the events, in the order of the log',
      contents: [{ schema: explanation, example: balanceExamples.explanation }],
      headers: ['ETag'],
    },
    revalidated: true,
  };
  typed(app).get(
    '/certificates/:certificateId/explanation',
    {
      config: { access: ['operator', 'payer', 'auditor'], operation },
      schema: { params, querystring, response: { 200: explanation, 304: nothing } },
    },
    async (request, reply) => {
      const { certificateId } = request.params;
      await ownContracts(certificateId, request, context);
      const revision = await ledger.revisionOf(certificateStream(certificateId));
      tagWithRevision(reply, revision);
      if (isKnown(request, revision)) return reply.code(304).send(undefined);
      return { items: await ledger.explain(certificateId, given(request.query)), next: null };
    },
  );
}

/** Whether the sender is known to see all contracts of a certificate, without asking whose it is. */
function seesAll(certificateId: string, request: FastifyRequest, { rows }: QueryContext): boolean {
  const sender = senderOf(request);
  return sender.role !== 'provider' && rows.isKnownOwn('certificate', certificateId, sender);
}

/**
 * The ids of the contracts that the sender may see on a certificate, `all` for its payer and an operator. Errors:
 * `certificate.not_found` where the certificate is not the sender's, or a provider has no contract on it.
 */
async function ownContracts(
  certificateId: string,
  request: FastifyRequest,
  { ledger, rows }: QueryContext,
): Promise<'all' | ReadonlySet<string>> {
  const sender = senderOf(request);
  if (sender.role !== 'provider') {
    if (await rows.isOwn('certificate', certificateId, sender)) return 'all';
  } else if (sender.providerId !== undefined) {
    const own = new Set<string>();
    const filter = { certificate: certificateId, provider: sender.providerId };
    for await (const { contractId } of ledger.registry('contracts', { filter })) own.add(contractId);
    if (own.size > 0) return own;
  }
  throw new LedgerError('certificate.not_found', `there is no certificate ${certificateId}`);
}

function withContracts(whole: Balance, own: 'all' | ReadonlySet<string>): Balance {
  if (own === 'all') return whole;
  const periods = whole.periods.map((period) => ({
    ...period,
    contracts: period.contracts.filter(({ contractId }) => own.has(contractId)),
  }));
  return { ...whole, periods };
}
