import { z } from 'zod';
import type { EventOf } from '../../kernel/event-fields.ts';
import { storedCount, storedMoney, storedText } from '../../kernel/event-fields.ts';
import { streamName } from '../../kernel/stream-name.ts';

/**
 * What counts or must be unique across streams is reserved in a stream of its own first: contract ids and numbers, the
 * places of a group in a period, the shares under an agreement, invoice numbers with the cut of their invoice.
 */
export const reservationEvents = {
  ContractReserved: z.strictObject({ effectiveOn: storedText, contractId: storedText, certificateId: storedText }),
  ContractNumberReserved: z.strictObject({
    effectiveOn: storedText,
    contractId: storedText,
    certificateId: storedText,
  }),
  PlaceTaken: z.strictObject({ effectiveOn: storedText, certificateId: storedText, amount: storedMoney }),
  PlaceAmountChanged: z.strictObject({ effectiveOn: storedText, certificateId: storedText, amount: storedMoney }),
  PlaceGivenBack: z.strictObject({ effectiveOn: storedText, certificateId: storedText }),
  PlacesClosed: z.strictObject({ effectiveOn: storedText }),
  ShareReserved: z.strictObject({
    effectiveOn: storedText,
    contractId: storedText,
    certificateId: storedText,
    amount: storedMoney,
  }),
  SharesReleased: z.strictObject({
    effectiveOn: storedText,
    contracts: z.array(z.strictObject({ contractId: storedText, amount: storedMoney })),
  }),
  ShareGivenBack: z.strictObject({ effectiveOn: storedText, contractId: storedText }),
  /** A lower limit that the agreement's stream is about to get, after the revision it has then. */
  LimitAnnounced: z.strictObject({ effectiveOn: storedText, limit: storedMoney, agreementRevision: storedCount }),
  /** A nominal that the payer's stream is about to get for the group and period, after the revision it has then. */
  NominalAnnounced: z.strictObject({ effectiveOn: storedText, nominal: storedMoney, payerRevision: storedCount }),
  InvoiceNumberReserved: z.strictObject({
    effectiveOn: storedText,
    number: storedText,
    payerId: storedText,
    providerId: storedText,
    month: storedText,
    cut: z.array(cutEntry()),
  }),
  /** The rest of a cut that would make one event too large. */
  InvoiceCutContinued: z.strictObject({ effectiveOn: storedText, number: storedText, cut: z.array(cutEntry()) }),
};

export type ReservationEvent = EventOf<typeof reservationEvents>;

/** For one contract read for an invoice, the revision of its certificate's stream (ARCHITECTURE, shapes). */
export interface CutEntry {
  readonly contractId: string;
  readonly certificateId: string;
  readonly revision: number;
}

/** Leads from a contract to its certificate. */
export function contractStream(contractId: string): string {
  return `contract-${contractId}`;
}

/** A contract number is unique per provider and year of the contract's date (SPEC section 4, rule 4). */
export function contractNumberStream(providerId: string, year: string, number: string): string {
  return streamName('contractNumber', providerId, year, number);
}

/** Names every certificate topped up in a group and period, with its nominal. */
export function groupPlacesStream(payerId: string, groupId: string, periodId: string): string {
  return streamName('groupPlaces', payerId, groupId, periodId);
}

/** Names every contract under an agreement, with its share that is not released. */
export function agreementSharesStream(agreementId: string): string {
  return `agreementShares-${agreementId}`;
}

/** Gives out the numbers of a provider's invoices of one year, over all payers, without gaps (SPEC section 6). */
export function invoiceNumbersStream(providerId: string, year: string): string {
  return streamName('invoiceNumbers', providerId, year);
}

function cutEntry() {
  return z.strictObject({ contractId: storedText, certificateId: storedText, revision: storedCount });
}
