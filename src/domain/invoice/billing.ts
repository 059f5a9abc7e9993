import type { CivilDate, CivilMonth } from '../../kernel/civil-date.ts';
import { addDays, lastDayOf } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import type { Kopecks } from '../../kernel/money.ts';
import { compareCodePoints } from '../../kernel/order.ts';
import type { InvoiceLine, IssuedInvoice } from './events.ts';
import type { InvoicesState } from './state.ts';
import { lastInForce } from './state.ts';

/** What of a contract and month no invoice in force has billed; lessons and amount are net and may be negative. */
export interface Unbilled {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly contractDate: CivilDate;
  readonly certificateId: string;
  readonly month: CivilMonth;
  readonly lessons: number;
  readonly amount: Kopecks;
}

/** Refuses a run before the month is over; calendar December may be billed from the 25th (SPEC section 6). */
export function refuseUnfinishedMonth(month: CivilMonth, on: CivilDate): void {
  const earliest = invoicedFrom(month);
  if (on < earliest) {
    refuse('invoice.month_not_over', `${on} is too early for ${month}, which may be invoiced from ${earliest}`);
  }
}

/** The first day on which a month may be invoiced: the day after its last, in calendar December the 25th. */
export function invoicedFrom(month: CivilMonth): CivilDate {
  return month.endsWith('-12') ? `${month}-25` : addDays(lastDayOf(month), 1);
}

/** The lines of an invoice of `month`, in the order of the rules; sums of nothing are left out (SPEC section 6). */
export function invoiceLines(month: CivilMonth, unbilled: readonly Unbilled[]): InvoiceLine[] {
  return unbilled
    .filter((sum) => sum.month <= month && (sum.lessons !== 0 || sum.amount !== 0))
    .map((sum): InvoiceLine => {
      const { contractId, contractNumber, contractDate, certificateId, lessons, amount } = sum;
      const kind = sum.month === month ? 'charge' : 'correction';
      return { kind, month: sum.month, contractId, contractNumber, contractDate, certificateId, lessons, amount };
    })
    .sort(
      (a, b) =>
        compareCodePoints(a.contractNumber, b.contractNumber) ||
        compareCodePoints(a.month, b.month) ||
        compareCodePoints(a.contractDate, b.contractDate) ||
        compareCodePoints(a.contractId, b.contractId),
    );
}

/** The invoice as a document: sums, the carried rest and the advance of the month (SPEC section 6). */
export function drawUpInvoice(
  head: Pick<IssuedInvoice, 'number' | 'payerId' | 'providerId' | 'month'> & { readonly issuedOn: CivilDate },
  lines: readonly InvoiceLine[],
  state: InvoicesState,
): IssuedInvoice {
  const { issuedOn, number, payerId, providerId, month } = head;
  const services = sumOf(lines, 'charge');
  const corrections = sumOf(lines, 'correction');
  const carriedIn = lastInForce(state)?.carriedOut ?? 0;
  const advance = state.advances.get(month) ?? 0;
  const total = services + corrections + carriedIn - advance;
  const due = Math.max(0, total);
  const carriedOut = total - due;
  const sums = { services, corrections, carriedIn, advance, total, due, carriedOut };
  const identity = { number, payerId, providerId, month };
  return { type: 'InvoiceIssued', effectiveOn: issuedOn, ...identity, ...sums, lines: [...lines] };
}

function sumOf(lines: readonly InvoiceLine[], kind: InvoiceLine['kind']): Kopecks {
  return lines.reduce((sum, line) => (line.kind === kind ? sum + line.amount : sum), 0);
}
