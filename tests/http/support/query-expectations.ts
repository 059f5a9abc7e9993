import type { Sender } from './open-town.ts';

/** A question that names what belongs to `uo` and `cdt`, and who is answered besides an operator. */
interface QueryExpectation {
  readonly url: string;
  readonly may: readonly Sender[] | 'everybody';
  readonly foreign?: 404;
}

const EVERYBODY_KNOWN = {
  may: ['payer-uo', 'payer-dp', 'provider-cdt', 'provider-kub', 'auditor-uo', 'auditor-dp'],
} as const;
const PAYERS = { may: ['payer-uo', 'payer-dp', 'auditor-uo', 'auditor-dp'] } as const;
const OF_UO = { may: ['payer-uo', 'auditor-uo'], foreign: 404 } as const;
const OF_BOTH = { may: ['payer-uo', 'auditor-uo', 'provider-cdt'], foreign: 404 } as const;
/** Also the other provider has an agreement with `uo`. */
const OF_PARTNERS = { may: ['payer-uo', 'auditor-uo', 'provider-cdt', 'provider-kub'], foreign: 404 } as const;

/** The questions: a list is answered to everybody of a role, each with its own rows; an item only to its owners. */
export const queryExpectations: Readonly<Record<string, QueryExpectation>> = {
  'GET /openapi.json': { url: '/openapi.json', may: 'everybody' },
  'GET /docs': { url: '/docs', may: 'everybody' },
  'GET /payers': { url: '/payers', ...EVERYBODY_KNOWN },
  'GET /payers/:payerId': { url: '/payers/uo', ...OF_PARTNERS },
  'GET /periods': { url: '/periods', ...EVERYBODY_KNOWN },
  'GET /payers/:payerId/periods': { url: '/payers/uo/periods', ...OF_PARTNERS },
  'GET /payers/:payerId/periods/:periodId': { url: '/payers/uo/periods/2026', ...OF_PARTNERS },
  'GET /groups': { url: '/groups', ...PAYERS },
  'GET /payers/:payerId/groups': { url: '/payers/uo/groups', ...OF_UO },
  'GET /payers/:payerId/groups/:groupId': { url: '/payers/uo/groups/funded', ...OF_UO },
  'GET /providers': { url: '/providers', ...EVERYBODY_KNOWN },
  'GET /providers/:providerId': { url: '/providers/cdt', ...OF_BOTH },
  'GET /programmes': { url: '/programmes', ...EVERYBODY_KNOWN },
  'GET /programmes/:programmeId': { url: '/programmes/chess', ...OF_BOTH },
  'GET /agreements': { url: '/agreements', ...EVERYBODY_KNOWN },
  'GET /agreements/:agreementId': { url: '/agreements/a-1', ...OF_BOTH },
  'GET /certificates': { url: '/certificates', ...EVERYBODY_KNOWN },
  'GET /certificates/:certificateId': { url: '/certificates/0000000001', ...OF_BOTH },
  'GET /certificates/:certificateId/balance': { url: '/certificates/0000000001/balance', ...OF_BOTH },
  'GET /certificates/:certificateId/explanation': { url: '/certificates/0000000001/explanation', ...OF_UO },
  'GET /certificates/:certificateId/contracts': { url: '/certificates/0000000001/contracts', ...OF_BOTH },
  'GET /contracts': { url: '/contracts', ...EVERYBODY_KNOWN },
  'GET /contracts/:contractId': { url: '/contracts/c-1', ...OF_BOTH },
  'GET /refusals': { url: '/refusals', ...EVERYBODY_KNOWN },
  'GET /invoices': { url: '/invoices?month=2026-02', ...EVERYBODY_KNOWN },
  'GET /invoices/:number': { url: '/invoices/cdt-2026-0001?events=true', ...OF_BOTH },
  'GET /invoices/status': { url: '/invoices/status?month=2026-02', ...EVERYBODY_KNOWN },
  'GET /invoices/check': { url: '/invoices/check?month=2026-02', ...EVERYBODY_KNOWN },
  'GET /advances': { url: '/advances', ...EVERYBODY_KNOWN },
  'GET /coverage': { url: '/coverage', ...PAYERS },
};
