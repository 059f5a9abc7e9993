import type { FastifyInstance } from 'fastify';
import { agreementStream } from '../../../src/domain/agreement/events.ts';
import { agreement, registerExamples } from '../answers/registers.ts';
import type { QueryContext } from './context.ts';
import { registerRegistry } from './registry-routes.ts';

/** The questions about agreements. */
export function registerAgreements(app: FastifyInstance, context: QueryContext): void {
  registerRegistry(app, context, {
    registry: 'agreements',
    name: 'Agreements',
    tag: 'registers',
    summary: 'Lists agreements, with how much of their limits is in use',
    item: agreement,
    example: registerExamples.agreement,
    single: {
      path: '/agreements/:agreementId',
      operationId: 'getAgreement',
      summary: 'Shows an agreement',
      key: { agreementId: 'agreement' },
      notFound: 'agreement.not_found',
      stream: ({ agreementId = '' }) => agreementStream(agreementId),
      // What is in use of its limit changes with its contracts, which stand in other streams.
      revalidated: false,
    },
  });
}
