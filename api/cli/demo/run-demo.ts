import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InvoiceItem, Ledger } from '../../../src/index.ts';
import { openLedger } from '../../../src/index.ts';
import type { Kopecks } from '../../../src/kernel/money.ts';
import { formatMoney, readMoney } from '../../../src/kernel/money.ts';
import { invoiceModel } from '../../documents/invoice-document.ts';
import { renderDocument } from '../../documents/render.ts';
import { explanationTable } from '../calls/balances.ts';
import { csvRecord } from '../csv.ts';
import type { Output } from '../output.ts';
import type { Column } from '../text-table.ts';
import { textTable } from '../text-table.ts';
import type { DemoCommand } from './municipality.ts';
import { generateMunicipality, settleInvoices } from './municipality.ts';

/** How many commands share one wait for the disk. */
const COMMANDS_PER_COMMIT = 1_000;
/** How many events of the explained balance are printed. */
const EVENTS_SHOWN = 12;

/** Generates the municipality, imports it, writes its invoices under `out` and verifies the whole store. */
export async function runDemo(out: string, seed: number, output: Output): Promise<number> {
  mkdirSync(out, { recursive: true });
  const file = join(out, 'demo.db');
  for (const suffix of ['', '-wal', '-shm', '-writer']) rmSync(`${file}${suffix}`, { force: true });
  const ledger = await openLedger({ store: `sqlite:${file}` });
  try {
    let commands = 0;
    for (const phase of generateMunicipality({ seed })) {
      commands += await execute(ledger, phase.commands);
      if (phase.settlement === undefined) continue;
      commands += await execute(ledger, settleInvoices(await invoicesOf(ledger), phase.settlement));
    }
    const invoices = await invoicesOf(ledger);
    writeInvoices(out, invoices);
    await printInvoices(out, ledger);
    await output.line(`${commands} commands accepted, ${invoices.length} invoices under ${out}\n`);
    await output.write(totals(invoices));
    await explainOne(ledger, invoices, file, output);
    const { ok, findings, events, digest } = await ledger.verify();
    await output.line(`${events} events verified, digest ${digest}`);
    for (const finding of findings) await output.line(`wrong: ${finding}`);
    return ok ? 0 : 1;
  } finally {
    await ledger.close();
  }
}

async function execute(ledger: Ledger, commands: Iterable<DemoCommand>): Promise<number> {
  let count = 0;
  for (const { at, ...command } of commands) {
    await ledger.executeUnknown(command, { at, durable: false });
    count += 1;
    if (count % COMMANDS_PER_COMMIT === 0) await ledger.flush();
  }
  await ledger.flush();
  return count;
}

async function invoicesOf(ledger: Ledger): Promise<InvoiceItem[]> {
  const invoices: InvoiceItem[] = [];
  for await (const invoice of ledger.invoices()) invoices.push(invoice);
  return invoices;
}

function writeInvoices(out: string, invoices: readonly InvoiceItem[]): void {
  const columns = ['kind', 'month', 'contractNumber', 'contractDate', 'certificateId', 'lessons', 'amount'] as const;
  for (const invoice of invoices) {
    const rows = invoice.lines.map((line) => csvRecord(columns.map((column) => String(line[column]))));
    writeFileSync(join(out, `${String(invoice.number)}.json`), `${JSON.stringify(invoice, undefined, 2)}\n`);
    writeFileSync(join(out, `${String(invoice.number)}.csv`), [csvRecord(columns), ...rows].join(''));
  }
}

/** The papers of every invoice, as the provider's accountant prints and files them. */
async function printInvoices(out: string, ledger: Ledger): Promise<void> {
  for await (const document of ledger.invoiceDocuments()) {
    const model = invoiceModel(document);
    for (const format of ['pdf', 'xlsx'] as const) {
      writeFileSync(join(out, `${model.fileName}.${format}`), await renderDocument(model, format));
    }
  }
}

/** Why a balance is what it is, shown on the first certificate that an invoice names. */
async function explainOne(
  ledger: Ledger,
  invoices: readonly InvoiceItem[],
  file: string,
  output: Output,
): Promise<void> {
  const [line] = invoices[0]?.lines ?? [];
  if (line === undefined) return;
  const events = await ledger.explain(line.certificateId);
  await output.line(`\ncertificate ${line.certificateId}, explained:\n`);
  await output.write(explanationTable(events.slice(0, EVENTS_SHOWN)));
  const rest = events.length - EVENTS_SHOWN;
  if (rest > 0) await output.line(`… and ${rest} more: explain ${line.certificateId} --db ${file}`);
  await output.line('');
}

function totals(invoices: readonly InvoiceItem[]): string {
  const texts = ['providerId', 'month', 'number', 'status'] as const;
  const amounts = ['services', 'corrections', 'advance', 'due'] as const;
  const columns = [
    ...texts.map((title): Column => ({ title })),
    ...amounts.map((title): Column => ({ title, align: 'right' })),
  ];
  const rows = invoices.map((invoice) => [...texts, ...amounts].map((column) => String(invoice[column])));
  // A rejected invoice has freed its facts for the one issued after it, so it counts in no total.
  const inForce = invoices.filter(({ status }) => status !== 'rejected' && status !== 'annulled');
  const sums = amounts.map((column) => formatMoney(sumOf(inForce, column)));
  return textTable(columns, [...rows, ['all', '', '', 'in force', ...sums]]);
}

function sumOf(invoices: readonly InvoiceItem[], column: 'services' | 'corrections' | 'advance' | 'due'): Kopecks {
  return invoices.reduce((sum, invoice) => sum + readMoney(invoice[column]), 0);
}
