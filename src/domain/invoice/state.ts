import type { CivilDate, CivilMonth } from '../../kernel/civil-date.ts';
import { unreachable } from '../../kernel/errors.ts';
import type { Kopecks } from '../../kernel/money.ts';
import type { InvoiceEvent } from './events.ts';

export type InvoiceStatus = 'issued' | 'accepted' | 'paid' | 'rejected' | 'annulled';

/** What decisions between one payer and one provider need to know; the lines stay in the stream. */
export interface InvoicesState {
  /** In the order of issue. */
  readonly invoices: Map<string, InvoiceHead>;
  /** The advance in force per month. */
  readonly advances: Map<CivilMonth, Kopecks>;
  /** How many lines an invoice has that is being written. */
  readonly linesAdded: Map<string, number>;
}

export interface InvoiceHead {
  readonly number: string;
  readonly month: CivilMonth;
  readonly issuedOn: CivilDate;
  readonly due: Kopecks;
  readonly carriedOut: Kopecks;
  status: InvoiceStatus;
}

export function initialInvoicesState(): InvoicesState {
  return { invoices: new Map(), advances: new Map(), linesAdded: new Map() };
}

/** Whether an invoice counts: neither rejected nor annulled. */
export function isInForce({ status }: InvoiceHead): boolean {
  return status !== 'rejected' && status !== 'annulled';
}

/** The pair's last invoice in force, by the order of issue. */
export function lastInForce(state: InvoicesState): InvoiceHead | undefined {
  return [...state.invoices.values()].findLast(isInForce);
}

/** The invoice in force of a month. */
export function invoiceOfMonth(month: CivilMonth, state: InvoicesState): InvoiceHead | undefined {
  return [...state.invoices.values()].find((invoice) => invoice.month === month && isInForce(invoice));
}

/** Folds one event into the state, which it may change: the caller owns it. */
export function evolveInvoices(state: InvoicesState, event: InvoiceEvent): InvoicesState {
  switch (event.type) {
    case 'InvoiceLinesAdded':
      state.linesAdded.set(event.number, (state.linesAdded.get(event.number) ?? 0) + event.lines.length);
      return state;
    case 'InvoiceIssued': {
      const { number, month, effectiveOn: issuedOn, due, carriedOut } = event;
      state.invoices.set(number, { number, month, issuedOn, due, carriedOut, status: 'issued' });
      state.linesAdded.delete(number);
      return state;
    }
    case 'InvoiceAccepted':
      return setStatus(state, event.number, 'accepted');
    case 'InvoicePaid':
      return setStatus(state, event.number, 'paid');
    case 'InvoiceRejected':
      return setStatus(state, event.number, 'rejected');
    case 'InvoiceAnnulled':
      return setStatus(state, event.number, 'annulled');
    case 'AdvanceRequested':
      state.advances.set(event.month, event.amount);
      return state;
    default:
      return unreachable(event);
  }
}

function setStatus(state: InvoicesState, number: string, status: InvoiceStatus): InvoicesState {
  const invoice = state.invoices.get(number);
  if (invoice !== undefined) invoice.status = status;
  return state;
}
