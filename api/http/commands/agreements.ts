import type { CommandRoute } from './command-route.ts';
import { commandRoute } from './command-route.ts';

const resource = { kind: 'agreement', field: 'agreementId' } as const;

/** The commands on an agreement between a payer and a provider (SPEC section 7). */
export const agreementCommands: readonly CommandRoute[] = [
  commandRoute({
    command: 'concludeAgreement',
    path: '/agreements',
    summary: 'Concludes an agreement between a payer and a provider',
    resource,
    example: {
      agreementId: 'a-1',
      payerId: 'uo',
      providerId: 'cdt',
      number: '1/26',
      date: '2025-12-20',
      from: '2026-01-01',
      until: '2026-12-31',
      totalLimit: '500000.00',
    },
  }),
  commandRoute({
    command: 'amendAgreement',
    path: '/agreements/:agreementId/amendments',
    summary: "Moves an agreement's end or limit",
    resource,
    example: { agreementId: 'a-1', on: '2026-02-01', totalLimit: '600000.00' },
  }),
];
