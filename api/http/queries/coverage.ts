import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Coverage } from '../../../src/index.ts';
import { given } from '../../../src/kernel/given.ts';
import { senderOf } from '../access/authenticate.ts';
import { coverage, coverageExample } from '../answers/coverage.ts';
import type { Operation } from '../operation.ts';
import { typed } from '../typed.ts';
import type { QueryContext } from './context.ts';
import { idParameters, on } from './parameters.ts';
import { narrowedTo } from './scope.ts';

/** The question how far children are reached. */
export function registerCoverage(app: FastifyInstance, { ledger }: QueryContext): void {
  const operation: Operation = {
    operationId: 'getCoverage',
    summary: 'Certificates in force, of them funded, children with a live contract, per payer and group',
    tag: 'certificates',
    answer: {
      description: 'All groups of all payers asked for, and after those of a payer their sum',
      contents: [{ schema: coverage, example: coverageExample }],
    },
  };
  typed(app).get(
    '/coverage',
    {
      config: { access: ['operator', 'payer', 'auditor'], operation },
      schema: {
        querystring: z.strictObject({ payer: idParameters.payerId.optional(), on: on.optional() }),
        response: { 200: coverage },
      },
    },
    async (request) => {
      const { payer, on: day } = request.query;
      const { scope, isAsked } = narrowedTo(senderOf(request), { payerId: payer });
      const items: Coverage[] = [];
      for await (const figures of ledger.coverage({ ...scope, ...given({ on: day }) })) items.push(figures);
      return { items: items.filter(isAsked), next: null };
    },
  );
}
