import type { InvoiceLine } from '../../src/domain/invoice/events.ts';
import { given } from '../../src/kernel/given.ts';
import { formatMoney } from '../../src/kernel/money.ts';
import type { InvoiceRow } from '../billing.ts';
import { equals, ofMonth, oneOf, registry } from './registry-definition.ts';
import type { InvoiceItem } from './registry-items.ts';

/** Every invoice there ever was, by number as text. */
export const invoiceRegistry = registry({
  select: 'SELECT * FROM invoice',
  key: ['number'],
  filters: {
    number: equals('number'),
    month: ofMonth('"month" = ?'),
    payer: equals('payerId'),
    provider: equals('providerId'),
    status: oneOf('"status"', 'issued', 'accepted', 'paid', 'rejected', 'annulled'),
  },
  sorts: ['number', 'payerId', 'providerId', 'month', 'issuedOn', 'status', 'total', 'due'],
  item: (row, options): InvoiceItem => invoiceItem(row as unknown as InvoiceRow, options),
});

/** A whole invoice, as SPEC section 10 writes it; the reason of a rejection or annulment may name a person. */
export function invoiceItem(row: InvoiceRow, { personal }: { readonly personal: boolean }): InvoiceItem {
  const { number, payerId, providerId, month, issuedOn, status, lines } = row;
  return {
    ...{ number, payerId, providerId, month, issuedOn },
    status: status as InvoiceItem['status'],
    ...given({
      acceptedOn: row.acceptedOn ?? undefined,
      paidOn: row.paidOn ?? undefined,
      reason: personal ? (row.reason ?? undefined) : undefined,
    }),
    services: formatMoney(row.services),
    corrections: formatMoney(row.corrections),
    carriedIn: formatMoney(row.carriedIn),
    advance: formatMoney(row.advance),
    total: formatMoney(row.total),
    due: formatMoney(row.due),
    carriedOut: formatMoney(row.carriedOut),
    lines: (JSON.parse(lines) as InvoiceLine[]).map((line) => ({ ...line, amount: formatMoney(line.amount) })),
  };
}
