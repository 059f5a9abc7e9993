import { z } from 'zod';
import type { EventOf } from '../../kernel/event-fields.ts';
import { storedMoney, storedText } from '../../kernel/event-fields.ts';

/** The events of an agreement between a payer and a provider (SPEC section 7). */
export const agreementEvents = {
  AgreementConcluded: z.strictObject({
    effectiveOn: storedText,
    agreementId: storedText,
    payerId: storedText,
    providerId: storedText,
    number: storedText,
    date: storedText,
    from: storedText,
    until: storedText,
    totalLimit: storedMoney.optional(),
  }),
  AgreementAmended: z.strictObject({
    effectiveOn: storedText,
    until: storedText.optional(),
    totalLimit: storedMoney.optional(),
  }),
};

export type AgreementEvent = EventOf<typeof agreementEvents>;

/** The stream of one agreement. */
export function agreementStream(agreementId: string): string {
  return `agreement-${agreementId}`;
}
