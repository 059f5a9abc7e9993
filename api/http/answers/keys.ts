import { z } from 'zod';
import { component } from './component.ts';
import { date, id, text } from './fields.ts';
import { pageOf } from './page.ts';

const accessKey = component(
  'AccessKey',
  'An access key without its secret.',
  z.strictObject({
    keyId: id,
    role: z.enum(['operator', 'payer', 'provider', 'auditor']),
    payerId: id.exactOptional(),
    providerId: id.exactOptional(),
    createdOn: date,
    revokedOn: date.exactOptional(),
  }),
);

/** All keys there ever were. */
export const accessKeys = pageOf('AccessKey', accessKey);

/** A key that was just made. */
export const createdKey = component(
  'CreatedAccessKey',
  'A key that was just made. Its secret is told this once and kept nowhere.',
  z.strictObject({ keyId: id, key: text.meta({ description: 'The secret, for `Authorization: Bearer`' }) }),
);

/** Examples of these answers. */
export const keyExamples = {
  created: { keyId: 'payer-uo', key: 'ledger_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG' },
  all: { items: [{ keyId: 'payer-uo', role: 'payer', payerId: 'uo', createdOn: '2026-03-10' }], next: null },
} satisfies { created: z.input<typeof createdKey>; all: z.input<typeof accessKeys> };
