import { z } from 'zod';
import type { EventOf } from '../../kernel/event-fields.ts';
import { personal, storedCount, storedMoney, storedText } from '../../kernel/event-fields.ts';
import { streamName } from '../../kernel/stream-name.ts';

const lines = z.array(
  z.strictObject({
    kind: z.enum(['charge', 'correction']),
    month: storedText,
    contractId: storedText,
    contractNumber: storedText,
    contractDate: storedText,
    certificateId: storedText,
    lessons: storedCount,
    amount: storedMoney,
  }),
);

/** The events between one payer and one provider: invoices with their lives, and advances (SPEC section 6). */
export const invoiceEvents = {
  /** Lines that stand before those of InvoiceIssued, where all of them would make one event too large. */
  InvoiceLinesAdded: z.strictObject({ effectiveOn: storedText, number: storedText, lines }),
  InvoiceIssued: z.strictObject({
    effectiveOn: storedText,
    number: storedText,
    payerId: storedText,
    providerId: storedText,
    month: storedText,
    services: storedMoney,
    corrections: storedMoney,
    carriedIn: storedMoney,
    advance: storedMoney,
    total: storedMoney,
    due: storedMoney,
    carriedOut: storedMoney,
    lines,
  }),
  InvoiceAccepted: z.strictObject({ effectiveOn: storedText, number: storedText }),
  InvoicePaid: z.strictObject({
    effectiveOn: storedText,
    number: storedText,
    amount: storedMoney,
    reference: storedText.optional(),
  }),
  InvoiceRejected: z.strictObject({ effectiveOn: storedText, number: storedText, reason: personal(storedText) }),
  InvoiceAnnulled: z.strictObject({ effectiveOn: storedText, number: storedText, reason: personal(storedText) }),
  AdvanceRequested: z.strictObject({
    effectiveOn: storedText,
    payerId: storedText,
    providerId: storedText,
    month: storedText,
    percent: storedCount,
    amount: storedMoney,
    contracts: z.array(z.strictObject({ contractId: storedText, planned: storedMoney, amount: storedMoney })),
  }),
};

export type InvoiceEvent = EventOf<typeof invoiceEvents>;

/** The document as it was issued; it never changes. */
export type IssuedInvoice = InvoiceEvent & { type: 'InvoiceIssued' };

/** One line of an invoice: a contract's lessons of one month. */
export type InvoiceLine = IssuedInvoice['lines'][number];

/** The stream of everything invoiced and advanced between a payer and a provider. */
export function invoicesStream(payerId: string, providerId: string): string {
  return streamName('invoices', payerId, providerId);
}
