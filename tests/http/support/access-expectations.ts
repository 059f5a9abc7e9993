import type { Sender } from './open-town.ts';
import { queryExpectations } from './query-expectations.ts';

/**
 * Who gets through to a route in the town of these tests, besides an operator. A command takes its path and body from
 * its route's example, which names what belongs to `uo` and `cdt`.
 */
export interface AccessExpectation {
  /** Those who get through; `everybody` also means without a key. */
  readonly may: readonly Sender[] | 'everybody';
  /** Of a command: other values than those of its example. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Of anything else: the path and query, naming what belongs to `uo` and `cdt`. */
  readonly url?: string;
  /** Of anything else: the body. */
  readonly body?: unknown;
  /** Of anything else: besides those of a command. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the same role with other rows is answered; a question does not tell that there is such a row. */
  readonly foreign?: 403 | 404;
}

const OPERATOR_ALONE = { may: [] } as const;
const PAYER = { may: ['payer-uo'] } as const;
const PROVIDER = { may: ['provider-cdt'] } as const;
const BOTH = { may: ['payer-uo', 'provider-cdt'] } as const;
/** A lesson of contract c-1 that the town has recorded. */
const LESSON = { lessonId: 'c-1-2026-02-03' } as const;

/** Every route there is: a new one without a line here fails. */
export const accessExpectations: Readonly<Record<string, AccessExpectation>> = {
  'POST /payers': OPERATOR_ALONE,
  'POST /payers/:payerId/details': PAYER,
  'POST /payers/:payerId/periods': PAYER,
  'POST /payers/:payerId/groups': PAYER,
  'POST /payers/:payerId/groups/:groupId/nominals': PAYER,
  'POST /payers/:payerId/periods/:periodId/closing': PAYER,
  'POST /providers': OPERATOR_ALONE,
  'POST /providers/:providerId/details': PROVIDER,
  'POST /providers/:providerId/suspensions': OPERATOR_ALONE,
  'POST /providers/:providerId/reinstatements': OPERATOR_ALONE,
  'POST /agreements': PAYER,
  'POST /agreements/:agreementId/amendments': PAYER,
  'POST /programmes': PROVIDER,
  'POST /programmes/:programmeId/reviews': OPERATOR_ALONE,
  'POST /programmes/:programmeId/decisions': OPERATOR_ALONE,
  'POST /certificates': PAYER,
  'POST /certificates/:certificateId/top-ups': PAYER,
  'POST /certificates/:certificateId/adjustments': PAYER,
  'POST /certificates/:certificateId/blocks': BOTH,
  'POST /certificates/:certificateId/freezes': PAYER,
  'POST /certificates/:certificateId/unfreezes': PAYER,
  'POST /certificates/:certificateId/closing': PAYER,
  'POST /lessons': PROVIDER,
  'POST /lessons/:lessonId/corrections': { ...PROVIDER, fields: LESSON },
  'POST /lessons/:lessonId/reversals': { ...BOTH, fields: LESSON },
  'POST /contracts/:contractId/terminations': BOTH,
  'POST /contracts/:contractId/releases': BOTH,
  'POST /invoices': BOTH,
  'POST /invoices/:number/acceptance': PAYER,
  'POST /invoices/:number/rejection': { ...PAYER, fields: { number: 'cdt-2026-0001' } },
  'POST /invoices/:number/annulment': { ...PAYER, fields: { number: 'cdt-2026-0001' } },
  'POST /invoices/:number/payment': PAYER,
  'POST /advances': BOTH,
  'POST /commands': {
    ...PAYER,
    url: '/commands',
    body: { command: 'topUpNominal', certificateId: '0000000001', periodId: '2026' },
  },
  'POST /keys': { ...OPERATOR_ALONE, url: '/keys', body: { role: 'operator' } },
  'GET /keys': { ...OPERATOR_ALONE, url: '/keys' },
  'DELETE /keys/:keyId': { ...OPERATOR_ALONE, url: '/keys/revoked' },
  'POST /imports': {
    may: ['payer-uo', 'payer-dp', 'provider-cdt', 'provider-kub'],
    url: '/imports',
    body: '',
    headers: { 'content-type': 'application/x-ndjson' },
  },
  'GET /events': { url: '/events', may: ['payer-uo', 'payer-dp', 'auditor-uo', 'auditor-dp'] },

  ...queryExpectations,
};
