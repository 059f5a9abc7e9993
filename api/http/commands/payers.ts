import type { CommandRoute } from './command-route.ts';
import { commandRoute } from './command-route.ts';

const resource = { kind: 'payer', field: 'payerId' } as const;

/** The commands on a payer, its funding periods and certificate groups (SPEC sections 3 and 7). */
export const payerCommands: readonly CommandRoute[] = [
  commandRoute({
    command: 'registerPayer',
    path: '/payers',
    summary: 'Registers a payer',
    resource,
    example: { payerId: 'uo', name: 'Управление образования', inn: '6827000000', zone: 'Europe/Moscow' },
  }),
  commandRoute({
    command: 'changePayerDetails',
    path: '/payers/:payerId/details',
    summary: 'Changes details of a payer from a day on',
    resource,
    example: {
      payerId: 'uo',
      on: '2026-01-10',
      bank: { bik: '046850649', account: '40703810000000000000', name: 'Тамбовское ОСБ' },
    },
  }),
  commandRoute({
    command: 'openFundingPeriod',
    path: '/payers/:payerId/periods',
    summary: 'Opens a funding period',
    resource,
    example: { payerId: 'uo', periodId: '2026', from: '2026-01-01', until: '2026-12-31' },
  }),
  commandRoute({
    command: 'defineCertificateGroup',
    path: '/payers/:payerId/groups',
    summary: 'Defines a certificate group',
    resource,
    example: {
      payerId: 'uo',
      groupId: 'funded',
      name: 'Сертификаты финансирования',
      kind: 'funding',
      limitCount: 100,
      limitAmount: '1200000.00',
    },
  }),
  commandRoute({
    command: 'setGroupNominal',
    path: '/payers/:payerId/groups/:groupId/nominals',
    summary: 'Sets the nominal of a group for a period',
    resource,
    example: { payerId: 'uo', groupId: 'funded', periodId: '2026', nominal: '12000.00' },
  }),
  commandRoute({
    command: 'closePeriod',
    path: '/payers/:payerId/periods/:periodId/closing',
    summary: 'Closes a funding period: blocks are released, what is available expires',
    example: { payerId: 'uo', periodId: '2026', on: '2027-01-15' },
  }),
];
