import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { invoicesStream } from '../../../src/domain/invoice/events.ts';
import { LedgerError } from '../../../src/index.ts';
import { senderOf } from '../access/authenticate.ts';
import { advance, invoice, invoiceExamples, invoicesStatus } from '../answers/invoices.ts';
import type { Operation } from '../operation.ts';
import { PROBLEM_JSON } from '../problem.ts';
import { typed } from '../typed.ts';
import type { QueryContext } from './context.ts';
import { isKnown, nothing, tagWithRevision } from './entity-tag.ts';
import { answerDocument, format, formOf, INVOICE_TYPES, invoiceFiles } from './invoice-document.ts';
import { flag, idParameters, monthOfPairs } from './parameters.ts';
import { itemOf, registerRegistry } from './registry-routes.ts';
import { narrowedTo } from './scope.ts';

/** The questions about invoices and advances. */
export function registerInvoices(app: FastifyInstance, context: QueryContext): void {
  registerRegistry(app, context, {
    registry: 'invoices',
    name: 'Invoices',
    tag: 'invoices',
    summary: 'Lists whole invoices with their lines',
    item: invoice,
    example: invoiceExamples.invoice,
    // An invoice tells its payer and its provider why it was rejected, as the rules write it.
    disclosed: true,
  });
  registerInvoice(app, context);
  registerStatus(app, context);
  registerRegistry(app, context, {
    registry: 'advances',
    name: 'Advances',
    tag: 'invoices',
    summary: 'Lists advances',
    item: advance,
    example: invoiceExamples.advance,
  });
}

function registerInvoice(app: FastifyInstance, context: QueryContext): void {
  const { ledger, rows } = context;
  const operation: Operation = {
    operationId: 'getInvoice',
    summary: 'Shows an invoice with its lines, on request with the events behind each line, or as a document',
    tag: 'invoices',
    answer: {
      description: 'The invoice',
      contents: [{ schema: invoice, example: invoiceExamples.invoiceWithEvents }, ...invoiceFiles],
      headers: ['ETag'],
    },
    revalidated: true,
  };
  typed(app).get(
    '/invoices/:number',
    {
      config: {
        access: ['operator', 'payer', 'provider', 'auditor'],
        operation,
        produces: [...INVOICE_TYPES, PROBLEM_JSON],
      },
      schema: {
        params: z.strictObject({ number: idParameters.number }),
        querystring: z.strictObject({
          events: flag('Also the charges and reversals that each line bills').optional(),
          format: format.optional(),
        }),
        response: { 200: invoice, 304: nothing },
      },
    },
    async (request, reply) => {
      const { number } = request.params;
      const form = formOf(request, request.query.format);
      const { payerId = '', providerId = '' } = (await rows.ownerOf('invoice', number)) ?? {};
      const revision = await ledger.revisionOf(invoicesStream(payerId, providerId));
      const found = await itemOf(context, 'invoices', request, {
        filter: { number },
        personal: true,
      });
      if (found === undefined) throw new LedgerError('invoice.not_found', `there is no invoice ${number}`);
      // A revision tells nothing of the form: by the tag of the JSON a document would be taken for it, and be left out.
      if (form !== 'json') {
        await answerDocument(ledger, number, { request, reply, format: form });
        return reply;
      }
      tagWithRevision(reply, revision);
      if (isKnown(request, revision)) return reply.code(304).send(undefined);
      return request.query.events === true ? { ...found, lines: await ledger.invoiceLineEvents(number) } : found;
    },
  );
}

function registerStatus(app: FastifyInstance, { ledger }: QueryContext): void {
  const operation: Operation = {
    operationId: 'getInvoicesStatus',
    summary: 'How far the invoices of a month are: which pairs are invoiced, missing or late, and what waits, with why',
    tag: 'invoices',
    answer: {
      description: 'The status of the month',
      contents: [{ schema: invoicesStatus, example: invoiceExamples.status }],
    },
  };
  typed(app).get(
    '/invoices/status',
    {
      config: { access: ['operator', 'payer', 'provider', 'auditor'], operation },
      schema: {
        querystring: monthOfPairs,
        response: { 200: invoicesStatus },
      },
    },
    async (request) => {
      const { month: asked, on: day, payer, provider } = request.query;
      const pair = narrowedTo(senderOf(request), { payerId: payer, providerId: provider });
      const status = await ledger.invoicesStatus(asked, { ...(day === undefined ? {} : { on: day }), ...pair.scope });
      return { ...status, pairs: status.pairs.filter(pair.isAsked), waiting: status.waiting.filter(pair.isAsked) };
    },
  );
}
