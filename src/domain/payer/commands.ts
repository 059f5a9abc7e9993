import { z } from 'zod';
import { attendanceStatus } from '../../kernel/attendance.ts';
import { commandHead } from '../../kernel/command-head.ts';
import { bank, civilDate, count, identifier, list, money, text, zoneName } from '../../kernel/fields.ts';

export const registerPayer = z.strictObject({
  ...commandHead,
  command: z.literal('registerPayer'),
  payerId: identifier,
  name: text,
  inn: text.optional(),
  kpp: text.optional(),
  bank: bank.optional(),
  zone: zoneName.optional(),
  chargedStatuses: list(attendanceStatus).optional(),
});

export const changePayerDetails = z
  .strictObject({
    ...commandHead,
    command: z.literal('changePayerDetails'),
    payerId: identifier,
    on: civilDate,
    name: text.optional(),
    inn: text.optional(),
    kpp: text.optional(),
    bank: bank.optional(),
  })
  .refine((c) => c.name !== undefined || c.inn !== undefined || c.kpp !== undefined || c.bank !== undefined, {
    error: 'names nothing to change',
  });

export const openFundingPeriod = z
  .strictObject({
    ...commandHead,
    command: z.literal('openFundingPeriod'),
    payerId: identifier,
    periodId: identifier,
    from: civilDate,
    until: civilDate,
  })
  .refine((c) => c.from <= c.until, { path: ['until'], error: 'lies before from' });

export const defineCertificateGroup = z.strictObject({
  ...commandHead,
  command: z.literal('defineCertificateGroup'),
  payerId: identifier,
  groupId: identifier,
  name: text,
  kind: z.enum(['funding', 'accounting']),
  limitCount: count.optional(),
  limitAmount: money.optional(),
});

export const setGroupNominal = z.strictObject({
  ...commandHead,
  command: z.literal('setGroupNominal'),
  payerId: identifier,
  groupId: identifier,
  periodId: identifier,
  nominal: money,
});

export const closePeriod = z.strictObject({
  ...commandHead,
  command: z.literal('closePeriod'),
  payerId: identifier,
  periodId: identifier,
  on: civilDate,
});

export type RegisterPayer = z.output<typeof registerPayer>;
export type ChangePayerDetails = z.output<typeof changePayerDetails>;
export type OpenFundingPeriod = z.output<typeof openFundingPeriod>;
export type DefineCertificateGroup = z.output<typeof defineCertificateGroup>;
export type SetGroupNominal = z.output<typeof setGroupNominal>;
export type ClosePeriod = z.output<typeof closePeriod>;
