import { randomUUID } from 'node:crypto';
import type { InvoiceItem, InvoicesStatus, PairStatus, Waiting } from '../../../src/index.ts';
import { LedgerError, systemClock } from '../../../src/index.ts';
import { DEFAULT_ZONE } from '../../../src/kernel/clock.ts';
import { civilDateAt } from '../../../src/kernel/instant.ts';
import type { Call } from '../call.ts';
import { dayOption, monthOption, pairOptions, refuseTogether } from '../options.ts';
import { progressBar } from '../progress.ts';
import type { Column } from '../text-table.ts';
import { textTable, writeTable } from '../text-table.ts';
import { writeInvoice } from './documents.ts';

const HEADS: readonly Column[] = [
  { title: 'number' },
  { title: 'month' },
  { title: 'payer' },
  { title: 'provider' },
  { title: 'issued on' },
  { title: 'status' },
  { title: 'total', align: 'right' },
  { title: 'due', align: 'right' },
];
const LINES: readonly Column[] = [
  { title: 'kind' },
  { title: 'month' },
  { title: 'contract number' },
  { title: 'contract date' },
  { title: 'certificate' },
  { title: 'lessons', align: 'right' },
  { title: 'amount', align: 'right' },
];
const SUMS = ['services', 'corrections', 'carriedIn', 'advance', 'total', 'due', 'carriedOut'] as const;

/** `invoices issue`: runs the month (SPEC section 6). */
export const issueInvoices: Call = {
  name: 'invoices issue',
  arguments: [],
  options: ['month', 'on', 'payer', 'provider', 'id', 'json'],
  summary: "issues the month's invoices; running it again issues nothing twice",
  examples: ['invoices issue --month 2020-09', 'invoices issue --month 2020-09 --on 2020-10-01 --provider cdt --json'],
  reads: false,
  async run({ ledger, options, output }) {
    const { on = civilDateAt(systemClock.now(), DEFAULT_ZONE) } = dayOption(options);
    const id = options.id ?? randomUUID();
    const month = monthOption(options);
    const bar = progressBar('invoices', 'pairs');
    const command = { command: 'issueInvoices', id, month, on, ...pairOptions(options) } as const;
    const answered = await ledger.execute(command, { progress: bar.report }).finally(bar.clear);
    if (options.json === true) {
      await output.json(answered.outcome);
      return 0;
    }
    const invoices = answered.outcome.invoices as readonly Readonly<Record<string, string>>[];
    const columns = [...['number', 'payer', 'provider', 'result'].map((title) => ({ title })), DUE];
    const rows = invoices.map(({ number = '', payerId = '', providerId = '', result = '', due = '' }) => {
      return [number, payerId, providerId, result, due];
    });
    await output.write(textTable(columns, rows));
    return 0;
  },
};

const DUE: Column = { title: 'due', align: 'right' };

/** `invoices list`: whole invoices, by number (SPEC section 10). */
export const listInvoices: Call = {
  name: 'invoices list',
  arguments: [],
  options: ['month', 'payer', 'provider', 'json'],
  summary: 'the invoices, by number; with --json whole, one a line',
  examples: ['invoices list --month 2020-09', 'invoices list --json > invoices.jsonl'],
  reads: true,
  async run({ ledger, options, output }) {
    const month = options.month === undefined ? {} : { month: monthOption(options) };
    const invoices = ledger.invoices({ ...month, ...pairOptions(options) });
    if (options.json === true) for await (const invoice of invoices) await output.json(invoice);
    else await writeTable(HEADS, headRows(invoices), output);
    return 0;
  },
};

/** `invoices show NUMBER`: one invoice with its lines, and on request the events behind them (SPEC sections 8 and 10). */
export const showInvoice: Call = {
  name: 'invoices show',
  arguments: ['NUMBER'],
  options: ['events', 'json', 'format', 'out'],
  summary: 'one invoice with its lines; with --events also the charges and reversals behind each line',
  details: 'With --format the document with its annexes, on standard output or in the file --out.',
  examples: [
    'invoices show cdt-2020-0001',
    'invoices show cdt-2020-0001 --events --json',
    'invoices show cdt-2020-0001 --format pdf --out invoice.pdf',
  ],
  reads: true,
  async run(context) {
    const {
      ledger,
      arguments: [number = ''],
      options,
      output,
    } = context;
    if (options.format !== undefined) {
      refuseTogether(options, 'format', ['events', 'json']);
      await writeInvoice(context, number);
      return 0;
    }
    if (options.out !== undefined) throw new LedgerError('query.invalid', '--out goes with --format');
    for await (const invoice of ledger.invoices({ number })) {
      const lines = options.events === true ? await ledger.invoiceLineEvents(number) : invoice.lines;
      if (options.json === true) await output.json({ ...invoice, lines });
      else await output.write(invoiceText(invoice, lines));
      return 0;
    }
    throw new LedgerError('invoice.not_found', `there is no invoice ${number}`);
  },
};

/** `invoices status`: what is invoiced, missing and late, and what waits, with why (SPEC section 6). */
export const invoicesStatus: Call = {
  name: 'invoices status',
  arguments: [],
  options: ['month', 'on', 'payer', 'provider', 'json'],
  summary: 'which pairs are invoiced, missing or late, and what cannot be billed, with why',
  examples: ['invoices status --month 2020-09', 'invoices status --month 2020-09 --on 2020-10-03 --json'],
  reads: true,
  async run({ ledger, options, output }) {
    const status = await ledger.invoicesStatus(monthOption(options), {
      ...dayOption(options),
      ...pairOptions(options),
    });
    if (options.json === true) await output.json(status);
    else await output.write(statusText(status));
    return 0;
  },
};

interface Line {
  readonly kind: string;
  readonly month: string;
  readonly contractNumber: string;
  readonly contractDate: string;
  readonly certificateId: string;
  readonly lessons: number;
  readonly amount: string;
  readonly events?: readonly { readonly effectiveOn: string; readonly type: string; readonly amount: string }[];
}

async function* headRows(invoices: AsyncIterable<InvoiceItem>): AsyncIterable<readonly string[]> {
  const members = ['number', 'month', 'payerId', 'providerId', 'issuedOn', 'status', 'total', 'due'] as const;
  for await (const invoice of invoices) yield members.map((member) => String(invoice[member]));
}

function invoiceText(invoice: InvoiceItem, lines: readonly Line[]): string {
  const { number, month, payerId, providerId, issuedOn, status } = invoice;
  const head = `invoice ${number} of ${issuedOn} for ${month}: provider ${providerId}, payer ${payerId}, ${status}\n\n`;
  const rows = lines.flatMap((line) => [lineRow(line), ...(line.events ?? []).map(eventRow)]);
  const sums = SUMS.map((sum) => [sum, String(invoice[sum])]);
  return `${head}${textTable(LINES, rows)}\n${textTable([{ title: 'sum' }, { title: 'amount', align: 'right' }], sums)}`;
}

function lineRow(line: Line): string[] {
  const { kind, month, contractNumber, contractDate, certificateId, lessons, amount } = line;
  return [kind, month, contractNumber, contractDate, certificateId, String(lessons), amount];
}

function eventRow({ effectiveOn, type, amount }: NonNullable<Line['events']>[number]): string[] {
  return [`  ${type}`, effectiveOn, '', '', '', '', amount];
}

function statusText({ month, on, invoicedFrom, deadline, pairs, waiting }: InvoicesStatus): string {
  const head = `${month} on ${on}: may be invoiced from ${invoicedFrom}, due by ${deadline}\n\n`;
  const titles = ['payer', 'provider', 'status', 'contracts', 'invoice', 'unbilled', 'advance'];
  const table = textTable(
    titles.map((title, index): Column => ({ title, align: index === 3 || index > 4 ? 'right' : 'left' })),
    pairs.map(pairRow),
  );
  const late = pairs.filter(({ status: state, invoice }) => state === 'late' || invoice?.late === true);
  const names = late.map(({ payerId, providerId, invoice }) => {
    return `${payerId}/${providerId}${invoice === undefined ? '' : ` (${invoice.number} of ${invoice.issuedOn})`}`;
  });
  const lateLine = late.length === 0 ? '' : `\nLate, after ${deadline}: ${names.join(', ')}\n`;
  return `${head}${table}${lateLine}${waiting.length === 0 ? '' : `\nWaiting:\n${waiting.map(waitingLine).join('')}`}`;
}

function pairRow({ payerId, providerId, status, contracts, invoice, unbilled, advance = '' }: PairStatus): string[] {
  const issued = invoice === undefined ? '' : `${invoice.number} (${invoice.status}${invoice.late ? ', late' : ''})`;
  return [payerId, providerId, status, String(contracts), issued, unbilled?.amount ?? '', advance];
}

function waitingLine({ why, message, payerId, providerId }: Waiting): string {
  const pair = payerId === undefined ? '' : ` ${payerId}/${providerId}:`;
  return `- ${why}:${pair} ${message}\n`;
}
