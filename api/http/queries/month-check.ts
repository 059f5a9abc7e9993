import type { FastifyInstance } from 'fastify';
import { given } from '../../../src/kernel/given.ts';
import { senderOf } from '../access/authenticate.ts';
import { monthCheck, monthCheckExample } from '../answers/month-check.ts';
import type { Operation } from '../operation.ts';
import { typed } from '../typed.ts';
import type { QueryContext } from './context.ts';
import { monthOfPairs } from './parameters.ts';
import { narrowedTo } from './scope.ts';

const operation: Operation = {
  operationId: 'checkInvoicesOfMonth',
  summary: 'What would make a month wrong before it is invoiced, each with its stream, its date and what to do',
  tag: 'invoices',
  answer: { description: 'The findings', contents: [{ schema: monthCheck, example: monthCheckExample }] },
  problems: [404],
};

/** `GET /invoices/check`: what the command line's `invoices check` tells, of the sender's own rows (SPEC section 6). */
export function registerMonthCheck(app: FastifyInstance, { ledger }: QueryContext): void {
  typed(app).get(
    '/invoices/check',
    {
      config: { access: ['operator', 'payer', 'provider', 'auditor'], operation },
      schema: {
        querystring: monthOfPairs,
        response: { 200: monthCheck },
      },
    },
    async (request) => {
      const { month: asked, on: day, payer, provider } = request.query;
      const sender = senderOf(request);
      const { scope } = narrowedTo(sender, { payerId: payer, providerId: provider });
      const check = await ledger.invoicesCheck(asked, { ...given({ on: day }), ...scope });
      const isOwn = (payer ?? scope.payerId) === scope.payerId && (provider ?? scope.providerId) === scope.providerId;
      if (!isOwn) return { ...check, blocking: 0, advice: 0, attendance: [], findings: [] };
      // Who soon reaches 18 is for whoever closes certificates; to a provider it would only tell when somebody was born.
      const findings = check.findings.filter(({ kind }) => sender.role !== 'provider' || kind !== 'comingOfAge');
      return { ...check, advice: findings.length - check.blocking, findings };
    },
  );
}
