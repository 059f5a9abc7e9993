import type { CommandOf, Payable } from '../../src/index.ts';
import { parseMoney } from '../../src/kernel/money.ts';
import { exchangeDate } from './exchange-file.ts';
import type { StatementDocument, StatementParty } from './statement.ts';

/**
 * Why a document of a statement pays no invoice: `unknown`: it names none of this ledger; `severalInvoices`: more than
 * one; `notExecuted`: it is an order, the money has not moved; `otherPayer`, `otherPayee`: another INN or account;
 * `partial`, `otherAmount`: less or more than due; `notInForce`: rejected or annulled; `notAccepted`: it has to be accepted
 * first; `twice`: the invoice is paid; `refused`: by a rule the message names.
 */
export type Unmatched =
  | 'unknown'
  | 'severalInvoices'
  | 'notExecuted'
  | 'otherPayer'
  | 'otherPayee'
  | 'partial'
  | 'otherAmount'
  | 'notInForce'
  | 'notAccepted'
  | 'twice'
  | 'refused';

/** What a document comes to: the invoice it names, and why that is not simply paid. */
export interface Match {
  readonly payable?: Payable;
  readonly complaint?: { readonly why: Unmatched; readonly message: string };
}

/** The end of every invoice's number: year and count (SPEC section 6). In `cdt-2020-0001-2` or `cdt-2020-0001a` it is none. */
const END_OF_NUMBER = /-\d{4}-\d{4,}(?![\p{L}\p{N}_]|-[\p{L}\p{N}])/gu;
const PART_OF_A_WORD = /[\p{L}\p{N}_-]/u;

/** Matches documents to invoices by the number in the purpose, the amount, both INN and both accounts. */
export class Matching {
  readonly #byEnd = new Map<string, Payable[]>();

  constructor(payables: readonly Payable[]) {
    for (const payable of payables) {
      const end = payable.number.match(END_OF_NUMBER)?.at(-1) ?? '';
      this.#byEnd.set(end, [...(this.#byEnd.get(end) ?? []), payable]);
    }
  }

  /** The invoice a document names and pays exactly, or why it does not. */
  match(document: StatementDocument): Match {
    const [payable, ...others] = this.#namedIn(document.purpose);
    if (payable === undefined) return complaint('unknown', 'the purpose names no invoice of this ledger');
    if (others.length > 0) {
      const numbers = [payable, ...others].map(({ number }) => number).join(', ');
      return complaint('severalInvoices', `the purpose names ${numbers}; a payment is booked to one invoice`);
    }
    return { payable, ...differenceBetween(document, payable) };
  }

  #namedIn(purpose: string): Payable[] {
    const named = new Set<Payable>();
    for (const found of purpose.matchAll(END_OF_NUMBER)) {
      const until = purpose.slice(0, found.index + found[0].length);
      const fitting = (this.#byEnd.get(found[0]) ?? []).filter(({ number }) => endsInWord(until, number));
      const [longest] = fitting.sort((a, b) => b.number.length - a.number.length);
      if (longest !== undefined) named.add(longest);
    }
    return [...named];
  }
}

/** The command that books a document: its id comes of the document's digest, so that it counts once for ever. */
export function paymentCommand(
  { digest, amount, number, date, executedOn = date }: StatementDocument,
  payable: Payable,
): CommandOf<'payInvoice'> {
  const reference = `п/п № ${number} от ${exchangeDate(date)}`;
  return { command: 'payInvoice', id: `bank-${digest}`, number: payable.number, on: executedOn, amount, reference };
}

/** What stands before the number may not belong to it: `cdt-2020-0001` is not named by `new-cdt-2020-0001`. */
function endsInWord(text: string, number: string): boolean {
  return text.endsWith(number) && !PART_OF_A_WORD.test(text.at(-number.length - 1) ?? '');
}

function differenceBetween(document: StatementDocument, payable: Payable): Match {
  const { number, status, due, payer, provider, payerId, providerId } = payable;
  if (status === 'paid') return complaint('twice', `invoice ${number} is paid`);
  if (status === 'rejected' || status === 'annulled') return complaint('notInForce', `invoice ${number} is ${status}`);
  const otherPayer = differenceOf(document.payer, payer);
  if (otherPayer !== undefined) return complaint('otherPayer', `${otherPayer} of payer ${payerId}`);
  const otherPayee = differenceOf(document.payee, provider);
  if (otherPayee !== undefined) return complaint('otherPayee', `${otherPayee} of provider ${providerId}`);
  const [paid, wanted] = [parseMoney(document.amount) ?? 0, parseMoney(due) ?? 0];
  const figures = `${document.amount} of the ${due} due on invoice ${number}`;
  if (paid < wanted) return complaint('partial', `${figures}; an invoice is paid as a whole`);
  if (paid > wanted) return complaint('otherAmount', `${figures}: more than is due`);
  if (document.executedOn === undefined) {
    return complaint('notExecuted', 'neither ДатаСписано nor ДатаПоступило: an order, not a payment');
  }
  if (status === 'issued') return complaint('notAccepted', `invoice ${number} is not accepted yet`);
  return {};
}

/** Which detail differs, with both values; what the ledger does not know cannot agree. */
function differenceOf({ inn, accounts }: StatementParty, known: Payable['payer']): string | undefined {
  if (inn === undefined || inn !== known.inn) return `INN ${inn ?? 'none'} is not the ${known.inn ?? 'unknown'}`;
  const account = known.bank?.account;
  if (account !== undefined && accounts.includes(account)) return undefined;
  return `account ${accounts.join(' or ') || 'none'} is not the ${account ?? 'unknown'}`;
}

function complaint(why: Unmatched, message: string): Match {
  return { complaint: { why, message } };
}
