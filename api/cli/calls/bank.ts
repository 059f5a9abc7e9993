import { readFileSync, writeFileSync } from 'node:fs';
import type { Ledger } from '../../../src/index.ts';
import { LedgerError, systemClock } from '../../../src/index.ts';
import { DEFAULT_ZONE } from '../../../src/kernel/clock.ts';
import { civilDateAt } from '../../../src/kernel/instant.ts';
import type { Unmatched } from '../../bank/matching.ts';
import { Matching, paymentCommand } from '../../bank/matching.ts';
import { paymentOrders } from '../../bank/payment-orders.ts';
import type { StatementDocument } from '../../bank/statement.ts';
import { parseStatement } from '../../bank/statement.ts';
import type { Call } from '../call.ts';
import { dayOption, monthOption, pairOptions } from '../options.ts';
import { textTable } from '../text-table.ts';

/** `bank export`: payment orders for 1C and a client bank. */
export const bankExport: Call = {
  name: 'bank export',
  arguments: [],
  options: ['month', 'out', 'on', 'payer', 'provider', 'json'],
  summary: "payment orders for the month's invoices that are not paid, in 1CClientBankExchange 1.03, windows-1251",
  details: `One order for each invoice that is issued or accepted with something due. Without --out the file goes to standard
output. When a name has a character that windows-1251 lacks, or bank details are not of the form a bank takes, every
such field is listed with its invoice, nothing is written and the exit code is 1: mend it, or pay the others with --provider.
An invoice is ordered again by every export until the bank's statement with its payment is imported.`,
  examples: ['bank export --month 2020-09 --out 1c_to_kl.txt', 'bank export --month 2020-09 --provider cdt > cdt.txt'],
  reads: true,
  async run({ ledger, options, output }) {
    const { on = civilDateAt(systemClock.now(), DEFAULT_ZONE) } = dayOption(options);
    const open = await ledger.payables({ month: monthOption(options), ...pairOptions(options), open: true });
    const { defects, orders, file } = paymentOrders(open, on);
    if (file === undefined) {
      if (options.json === true) for (const defect of defects) await output.json(defect);
      else await output.write(defectTable(defects));
      return 1;
    }
    if (options.out !== undefined) write(options.out, file);
    if (options.json === true) for (const order of orders) await output.json(order);
    else if (options.out === undefined) await output.bytes(file);
    else await output.write(orderTable(orders));
    return 0;
  },
};

/** `bank import FILE`: books the payments of a statement. */
export const bankImport: Call = {
  name: 'bank import',
  arguments: ['FILE'],
  options: ['json'],
  summary: 'books the payments of a bank statement to their invoices, and lists the rest with why',
  details: `A statement in 1CClientBankExchange, windows-1251. A document is booked with payInvoice when its purpose names one
accepted invoice and amount, INN and account of both sides agree; the same document is booked once, however often it
comes. Listed: unknown, severalInvoices, notExecuted, otherPayer, otherPayee, partial, otherAmount, notInForce, notAccepted,
twice, refused. Exit code 1 when a document that names an invoice was not booked; 2 for another encoding or a broken file.`,
  examples: ['bank import kl_to_1c.txt', 'bank import kl_to_1c.txt --json'],
  reads: false,
  async run({ ledger, arguments: [file = ''], options, output }) {
    const documents = statementIn(file);
    const booked = await book(ledger, documents);
    if (options.json === true) for (const one of booked) await output.json(one);
    else await output.write(bookedText(booked));
    return booked.some(({ why }) => why !== undefined && why !== 'unknown') ? 1 : 0;
  },
};

/** What became of a document of a statement. */
interface Booked {
  readonly line: number;
  readonly number: string;
  readonly date: string;
  readonly amount: string;
  readonly result: 'paid' | 'listed';
  readonly invoice?: string;
  /** It had been booked before. */
  readonly replayed?: boolean;
  readonly why?: Unmatched;
  readonly message?: string;
}

async function book(ledger: Ledger, documents: readonly StatementDocument[]): Promise<readonly Booked[]> {
  const matching = new Matching(await ledger.payables());
  const lineOf = new Map<string, number>();
  const booked: Booked[] = [];
  for (const document of documents) {
    const { line, number, date, amount, digest } = document;
    const head = { line, number, date, amount };
    const { payable, complaint } = matching.match(document);
    const invoice = payable === undefined ? {} : { invoice: payable.number };
    const earlier = lineOf.get(digest);
    lineOf.set(digest, earlier ?? line);
    if (payable !== undefined && earlier !== undefined) {
      const message = `the same document stands in line ${earlier}`;
      booked.push({ ...head, ...invoice, result: 'listed', why: 'twice', message });
    } else if (payable !== undefined && (complaint === undefined || complaint.why === 'twice')) {
      booked.push({ ...head, ...invoice, ...(await pay(ledger, paymentCommand(document, payable))) });
    } else booked.push({ ...head, ...invoice, result: 'listed', ...complaint });
  }
  return booked;
}

/** An invoice that is paid may be so by this very document: then the ledger knows the command and answers it again. */
async function pay(
  ledger: Ledger,
  command: ReturnType<typeof paymentCommand>,
): Promise<Pick<Booked, 'result' | 'replayed' | 'why' | 'message'>> {
  try {
    const { replayed } = await ledger.execute(command);
    return { result: 'paid', replayed };
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code.startsWith('store.')) throw error;
    return {
      result: 'listed',
      why: error.code === 'invoice.wrong_status' ? 'twice' : 'refused',
      message: error.message,
    };
  }
}

function statementIn(file: string): readonly StatementDocument[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new LedgerError('query.invalid', `${file} cannot be read: ${error.message}`, { cause: error });
  }
  try {
    return parseStatement(bytes);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new LedgerError(error.code, `${file} ${error.message}`, { cause: error });
  }
}

function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new LedgerError('query.invalid', `${file} cannot be written: ${error.message}`, { cause: error });
  }
}

function defectTable(defects: ReturnType<typeof paymentOrders>['defects']): string {
  const titles = ['invoice', 'provider', 'field', 'what is wrong'].map((title) => ({ title }));
  const rows = defects.map(({ number, providerId, field, message }) => [number, providerId, field, message]);
  return `No payment orders are written.\n\n${textTable(titles, rows)}`;
}

function orderTable(orders: ReturnType<typeof paymentOrders>['orders']): string {
  const columns = [
    { title: 'order', align: 'right' as const },
    { title: 'invoice' },
    { title: 'payer' },
    { title: 'provider' },
    { title: 'amount', align: 'right' as const },
  ];
  const rows = orders.map(({ orderNumber, number, payerId, providerId, amount }) => {
    return [String(orderNumber), number, payerId, providerId, amount];
  });
  return orders.length === 0 ? 'nothing is to be paid: a file without orders\n' : textTable(columns, rows);
}

function bookedText(booked: readonly Booked[]): string {
  const columns = [
    { title: 'line', align: 'right' as const },
    { title: 'document' },
    { title: 'date' },
    { title: 'amount', align: 'right' as const },
    { title: 'result' },
    { title: 'invoice' },
    { title: 'why' },
  ];
  const rows = booked.map(({ line, number, date, amount, result, replayed, invoice = '', why, message = '' }) => {
    const told = result === 'paid' && replayed === true ? 'paid before' : (why ?? result);
    return [String(line), number, date, amount, told, invoice, message];
  });
  const paid = booked.filter(({ result }) => result === 'paid').length;
  return `${textTable(columns, rows)}\n${paid} of ${booked.length} documents are booked\n`;
}
