import { z } from 'zod';
import { attendanceStatus } from '../../kernel/attendance.ts';
import type { EventOf } from '../../kernel/event-fields.ts';
import { storedCount, storedMoney, storedText } from '../../kernel/event-fields.ts';
import { bank } from '../../kernel/fields.ts';

/** The events of a payer's stream: its details, its periods, its groups (SPEC section 7). */
export const payerEvents = {
  PayerRegistered: z.strictObject({
    effectiveOn: storedText,
    payerId: storedText,
    name: storedText,
    inn: storedText.optional(),
    kpp: storedText.optional(),
    bank: bank.optional(),
    zone: storedText,
    chargedStatuses: z.array(attendanceStatus),
  }),
  PayerDetailsChanged: z.strictObject({
    effectiveOn: storedText,
    name: storedText.optional(),
    inn: storedText.optional(),
    kpp: storedText.optional(),
    bank: bank.optional(),
  }),
  FundingPeriodOpened: z.strictObject({
    effectiveOn: storedText,
    periodId: storedText,
    from: storedText,
    until: storedText,
  }),
  FundingPeriodClosed: z.strictObject({ effectiveOn: storedText, periodId: storedText }),
  CertificateGroupDefined: z.strictObject({
    effectiveOn: storedText,
    groupId: storedText,
    name: storedText,
    kind: z.enum(['funding', 'accounting']),
    limitCount: storedCount.optional(),
    limitAmount: storedMoney.optional(),
  }),
  GroupNominalSet: z.strictObject({
    effectiveOn: storedText,
    groupId: storedText,
    periodId: storedText,
    nominal: storedMoney,
  }),
};

export type PayerEvent = EventOf<typeof payerEvents>;

/** The stream of one payer. */
export function payerStream(payerId: string): string {
  return `payer-${payerId}`;
}
