import { z } from 'zod';
import { commandHead } from '../../kernel/command-head.ts';
import { civilDate, identifier, money } from '../../kernel/fields.ts';

export const concludeAgreement = z
  .strictObject({
    ...commandHead,
    command: z.literal('concludeAgreement'),
    agreementId: identifier,
    payerId: identifier,
    providerId: identifier,
    number: identifier,
    date: civilDate,
    from: civilDate,
    until: civilDate,
    totalLimit: money.optional(),
  })
  .refine((c) => c.from <= c.until, { path: ['until'], error: 'lies before from' });

export const amendAgreement = z
  .strictObject({
    ...commandHead,
    command: z.literal('amendAgreement'),
    agreementId: identifier,
    on: civilDate,
    until: civilDate.optional(),
    totalLimit: money.optional(),
  })
  .refine((c) => c.until !== undefined || c.totalLimit !== undefined, { error: 'names nothing to change' });

export type ConcludeAgreement = z.output<typeof concludeAgreement>;
export type AmendAgreement = z.output<typeof amendAgreement>;
