import type { FastifyInstance } from 'fastify';
import { certificateStream } from '../../../src/domain/certificate/events.ts';
import { certificateExamples, contract, refusal } from '../answers/certificates.ts';
import type { QueryContext } from './context.ts';
import { registerRegistry } from './registry-routes.ts';

/** The questions about contracts, and about attendance that was refused. */
export function registerContracts(app: FastifyInstance, context: QueryContext): void {
  registerRegistry(app, context, {
    registry: 'contracts',
    name: 'Contracts',
    tag: 'certificates',
    summary: 'Lists contracts',
    item: contract,
    example: certificateExamples.contract,
    within: {
      path: '/certificates/:certificateId/contracts',
      parent: 'certificates',
      parameter: 'certificateId',
      condition: 'certificate',
      notFound: 'certificate.not_found',
    },
    single: {
      path: '/contracts/:contractId',
      operationId: 'getContract',
      summary: 'Shows a contract',
      key: { contractId: 'contract' },
      notFound: 'contract.not_found',
      async stream({ contractId = '' }, { rows }) {
        const owner = await rows.ownerOf('contract', contractId);
        return owner?.certificateId === undefined ? undefined : certificateStream(owner.certificateId);
      },
    },
  });
  registerRegistry(app, context, {
    registry: 'refusals',
    name: 'Refusals',
    tag: 'certificates',
    summary: 'Lists attendance that was refused and has not been recorded since',
    item: refusal,
    example: certificateExamples.refusal,
  });
}
