import type { Agenda } from './agenda.ts';
import { civil, dayOf, moscowInstant, utc } from './calendar.ts';
import type { DemoCommand, DemoFields, DemoInvoice, DemoSettlement } from './demo-command.ts';
import { payerId } from './municipality-catalogue.ts';

/** When the invoices of a month are issued, looked through and paid. */
export interface DemoInvoiceMonth {
  readonly month: string;
  /** The civil date and the instant of the `issueInvoices` command. */
  readonly on: string;
  readonly at: string;
  readonly acceptance: DemoSettlement;
  readonly payment: DemoSettlement;
}

/** The months the demo bills: on the first working day of the next month at 18:00, December already on the 25th. */
export const demoInvoiceMonths: readonly DemoInvoiceMonth[] = [
  invoiceMonth('2020-09', '2020-10-01', '2020-10-02', '2020-10-08'),
  invoiceMonth('2020-10', '2020-11-02', '2020-11-03', '2020-11-10'),
  invoiceMonth('2020-11', '2020-12-01', '2020-12-02', '2020-12-08'),
  invoiceMonth('2020-12', '2020-12-25', '2020-12-28', '2020-12-30'),
];

/** The payer sends one invoice back, and the year ends with one unread and one unpaid. */
const sentBack = { month: '2020-10', providerId: 'cdt' };
const neverAccepted = { month: '2020-12', providerId: 'syut' };
const neverPaid = { month: '2020-12', providerId: 'dussh' };

const advanceOn = dayOf('2020-11-03');

/**
 * The payer's commands about the issued invoices of one month: on the day of acceptance it accepts them, but sends one
 * back and has it issued again; on the day of payment it accepts what was issued again and pays the amount due.
 * What is yielded depends on the statuses alone, so a settlement that was interrupted can be asked for again.
 *
 * @param invoices the invoices by number, as they stand at that moment; those of other months are passed over
 * @param settlement the `settlement` of the phase whose commands have just been executed
 */
export function* settleInvoices(invoices: Iterable<DemoInvoice>, settlement: DemoSettlement): Generator<DemoCommand> {
  const ofMonth = [...invoices].filter((invoice) => invoice.month === settlement.month);
  const steps = settlement.step === 'acceptance' ? acceptance(ofMonth, settlement) : payment(ofMonth, settlement);
  let instant = Date.parse(settlement.at);
  for (const { subject, fields } of steps) {
    const { command, ...rest } = fields;
    yield { command, id: `demo-${command}-${subject}`, at: utc(instant), ...rest };
    instant += 60_000;
  }
}

/** Enters the monthly runs, and one request for an advance to the given provider. */
export function enterInvoices(agenda: Agenda, advanceTo: string): void {
  for (const { month, on, at } of demoInvoiceMonths) {
    agenda.enter(Date.parse(at), () => ({ command: 'issueInvoices', month, on }));
  }
  // The second working day of November is the first one on which an advance may be asked for.
  const advance = { command: 'requestAdvance', month: '2020-11', on: civil(advanceOn), percent: 80 };
  agenda.enter(moscowInstant(advanceOn, 11 * 3600), () => ({ ...advance, payerId, providerId: advanceTo }));
}

/** A command about an invoice, or about a month; the subject makes its id, so that a second call gives the same one. */
interface Step {
  readonly subject: string;
  readonly fields: DemoFields;
}

function* acceptance(invoices: readonly DemoInvoice[], settlement: DemoSettlement): Generator<Step> {
  for (const invoice of invoices) {
    if (invoice.status !== 'issued' || isOf(sentBack, invoice) || isOf(neverAccepted, invoice)) continue;
    yield accept(invoice, settlement);
  }
  yield* sendBack(
    invoices.filter((invoice) => isOf(sentBack, invoice)),
    settlement,
  );
}

function* sendBack([first, ...again]: readonly DemoInvoice[], { month, on }: DemoSettlement): Generator<Step> {
  if (first === undefined || again.length > 0) return;
  const { number, providerId } = first;
  if (first.status === 'issued') {
    const reason = 'не приложены копии журналов';
    yield { subject: number, fields: { command: 'rejectInvoice', number, on, reason } };
  }
  yield { subject: month, fields: { command: 'issueInvoices', month, on, payerId, providerId } };
}

function* payment(invoices: readonly DemoInvoice[], settlement: DemoSettlement): Generator<Step> {
  for (const invoice of invoices) {
    const { number, status, due } = invoice;
    if (isOf(neverAccepted, invoice) || isOf(neverPaid, invoice)) continue;
    if (status === 'issued') yield accept(invoice, settlement);
    // An invoice with nothing due counts as paid when it is accepted.
    if ((status !== 'issued' && status !== 'accepted') || due === '0.00') continue;
    const bill = { number, on: settlement.on, amount: due, reference: `п/п ${number}` };
    yield { subject: number, fields: { command: 'payInvoice', ...bill } };
  }
}

function accept({ number }: DemoInvoice, { on }: DemoSettlement): Step {
  return { subject: number, fields: { command: 'acceptInvoice', number, on } };
}

function isOf(pair: { month: string; providerId: string }, invoice: DemoInvoice): boolean {
  return pair.month === invoice.month && pair.providerId === invoice.providerId;
}

function invoiceMonth(month: string, on: string, acceptedOn: string, paidOn: string): DemoInvoiceMonth {
  return {
    month,
    on,
    at: utc(moscowInstant(dayOf(on), 18 * 3600)),
    acceptance: settlement(month, 'acceptance', acceptedOn),
    payment: settlement(month, 'payment', paidOn),
  };
}

/** Settlements take the half hour before the office opens, in which the demo has nothing else to do. */
function settlement(month: string, step: DemoSettlement['step'], on: string): DemoSettlement {
  return { month, step, on, at: utc(moscowInstant(dayOf(on), 8 * 3600 + 1800)) };
}
