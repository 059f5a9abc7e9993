import type { CivilDate } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import { formatMoney } from '../../kernel/money.ts';
import type { AcceptInvoice, AnnulInvoice, PayInvoice, RejectInvoice } from './commands.ts';
import type { InvoiceEvent } from './events.ts';
import type { InvoiceHead, InvoiceStatus, InvoicesState } from './state.ts';
import { lastInForce } from './state.ts';

type InvoiceCommand = AcceptInvoice | RejectInvoice | AnnulInvoice | PayInvoice;

/** The life of an issued invoice: issued → accepted → paid, or rejected, or annulled (SPEC section 6). */
export function decideInvoice(
  command: InvoiceCommand,
  day: { readonly today: CivilDate },
  state: InvoicesState,
): InvoiceEvent[] {
  const invoice = state.invoices.get(command.number);
  if (invoice === undefined) refuse('invoice.not_found', `there is no invoice ${command.number}`);
  const events = nextStep(command, invoice, state);
  refuseFutureDate('on', command.on, day);
  return events;
}

function nextStep(command: InvoiceCommand, invoice: InvoiceHead, state: InvoicesState): InvoiceEvent[] {
  const { number, on: effectiveOn } = command;
  switch (command.command) {
    case 'acceptInvoice': {
      refuseOtherStatus(invoice, ['issued'], 'accepted');
      const accepted: InvoiceEvent = { type: 'InvoiceAccepted', effectiveOn, number };
      // With nothing due there is no payment to wait for, so the invoice is paid by being accepted.
      return invoice.due === 0 ? [accepted, { type: 'InvoicePaid', effectiveOn, number, amount: 0 }] : [accepted];
    }
    case 'payInvoice':
      refuseOtherStatus(invoice, ['accepted'], 'paid');
      if (command.amount !== invoice.due) {
        refuse(
          'invoice.amount_differs',
          `${formatMoney(command.amount)} is not the ${formatMoney(invoice.due)} due on invoice ${number}`,
        );
      }
      return [{ type: 'InvoicePaid', effectiveOn, number, amount: command.amount, reference: command.reference }];
    case 'rejectInvoice':
      refuseOtherStatus(invoice, ['issued'], 'rejected');
      refuseEarlierInvoice(invoice, state);
      return [{ type: 'InvoiceRejected', effectiveOn, number, reason: command.reason }];
    case 'annulInvoice':
      refuseOtherStatus(invoice, ['issued', 'accepted'], 'annulled');
      refuseEarlierInvoice(invoice, state);
      return [{ type: 'InvoiceAnnulled', effectiveOn, number, reason: command.reason }];
  }
}

function refuseOtherStatus({ number, status }: InvoiceHead, wanted: readonly InvoiceStatus[], step: string): void {
  if (!wanted.includes(status)) {
    refuse(
      'invoice.wrong_status',
      `invoice ${number} is ${status}; only one that is ${wanted.join(' or ')} can be ${step}`,
    );
  }
}

function refuseEarlierInvoice({ number }: InvoiceHead, state: InvoicesState): void {
  const last = lastInForce(state);
  if (last !== undefined && last.number !== number) {
    refuse(
      'invoice.wrong_status',
      `invoice ${number} is not the last in force between the two, that is ${last.number}`,
    );
  }
}
