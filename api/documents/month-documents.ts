import type { Ledger } from '../../src/index.ts';
import type { CivilMonth } from '../../src/kernel/civil-date.ts';
import { advanceModel } from './advance-document.ts';
import { invoiceModel } from './invoice-document.ts';
import type { DocumentModel } from './model.ts';
import type { SummarisedInvoice } from './summary-document.ts';
import { summaryModel } from './summary-document.ts';

/** Which documents of a month are wanted. */
export interface MonthOptions {
  readonly payerId?: string;
  readonly providerId?: string;
  /** Told how many invoices are done, of how many. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * The documents of a month, one at a time: every invoice in force with its annexes, every request for an advance with its
 * annexes, and for every payer the summary of its invoices, whose totals are those of the ledger.
 */
export async function* monthDocuments(
  ledger: Ledger,
  month: CivilMonth,
  { progress, ...pairs }: MonthOptions = {},
): AsyncIterable<DocumentModel> {
  const summarised = new Map<string, SummarisedInvoice[]>();
  for await (const document of ledger.invoiceDocuments({ month, inForce: true, ...pairs }, progress)) {
    const { agreements: _, ...head } = document;
    const ofPayer = summarised.get(head.payer.payerId) ?? [];
    ofPayer.push(head);
    summarised.set(head.payer.payerId, ofPayer);
    yield invoiceModel(document);
  }
  for await (const document of ledger.advanceDocuments(month, pairs)) yield advanceModel(document);
  for (const invoices of summarised.values()) yield summaryModel(invoices);
}
