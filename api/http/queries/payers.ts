import type { FastifyInstance } from 'fastify';
import { payerStream } from '../../../src/domain/payer/events.ts';
import { group, payer, period, registerExamples } from '../answers/registers.ts';
import type { QueryContext } from './context.ts';
import { registerRegistry } from './registry-routes.ts';

/** The questions about payers, their funding periods and certificate groups. */
export function registerPayers(app: FastifyInstance, context: QueryContext): void {
  const stream = ({ payerId = '' }) => payerStream(payerId);
  registerRegistry(app, context, {
    registry: 'payers',
    name: 'Payers',
    tag: 'registers',
    summary: 'Lists payers',
    item: payer,
    example: registerExamples.payer,
    single: {
      path: '/payers/:payerId',
      operationId: 'getPayer',
      summary: 'Shows a payer',
      key: { payerId: 'payer' },
      notFound: 'payer.not_found',
      stream,
    },
  });
  const ofPayer = { parent: 'payers', parameter: 'payerId', condition: 'payer', notFound: 'payer.not_found' } as const;
  registerRegistry(app, context, {
    registry: 'periods',
    name: 'Periods',
    tag: 'registers',
    summary: 'Lists funding periods',
    item: period,
    example: registerExamples.period,
    within: { path: '/payers/:payerId/periods', ...ofPayer },
    single: {
      path: '/payers/:payerId/periods/:periodId',
      operationId: 'getPeriod',
      summary: 'Shows a funding period',
      key: { payerId: 'payer', periodId: 'period' },
      notFound: 'period.not_found',
      stream,
    },
  });
  registerRegistry(app, context, {
    registry: 'groups',
    name: 'Groups',
    tag: 'registers',
    summary: 'Lists certificate groups',
    item: group,
    example: registerExamples.group,
    within: { path: '/payers/:payerId/groups', ...ofPayer },
    single: {
      path: '/payers/:payerId/groups/:groupId',
      operationId: 'getGroup',
      summary: 'Shows a certificate group',
      key: { payerId: 'payer', groupId: 'group' },
      notFound: 'group.not_found',
      stream,
    },
  });
}
