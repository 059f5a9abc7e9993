import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from '../../../src/index.ts';
import { openLedger } from '../../../src/index.ts';
import type { DemoCommand, DemoInvoice } from './municipality.ts';
import { generateMunicipality, settleInvoices } from './municipality.ts';

/** How many commands share one wait for the disk. */
const COMMANDS_PER_COMMIT = 1_000;

/** Generates the municipality, imports it, writes its invoices under `out` and verifies the whole store. */
export async function runDemo(out: string, seed: number): Promise<number> {
  mkdirSync(out, { recursive: true });
  const file = join(out, 'demo.db');
  for (const suffix of ['', '-wal', '-shm', '-writer']) rmSync(`${file}${suffix}`, { force: true });
  const ledger = await openLedger({ store: `sqlite:${file}` });
  try {
    let commands = 0;
    for (const phase of generateMunicipality({ seed })) {
      commands += await execute(ledger, phase.commands);
      if (phase.settlement === undefined) continue;
      const invoices = (await invoicesOf(ledger)) as unknown as DemoInvoice[];
      commands += await execute(ledger, settleInvoices(invoices, phase.settlement));
    }
    const invoices = await invoicesOf(ledger);
    writeInvoices(out, invoices);
    process.stdout.write(
      `${commands} commands accepted, ${invoices.length} invoices under ${out}\n${totals(invoices)}`,
    );
    const { ok, findings, events, digest } = await ledger.verify();
    process.stdout.write(
      `${events} events verified, digest ${digest}\n${findings.map((finding) => `- ${finding}\n`).join('')}`,
    );
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

async function invoicesOf(ledger: Ledger): Promise<Record<string, unknown>[]> {
  const invoices: Record<string, unknown>[] = [];
  for await (const invoice of ledger.invoices()) invoices.push(invoice);
  return invoices;
}

function writeInvoices(out: string, invoices: readonly Record<string, unknown>[]): void {
  const columns = ['kind', 'month', 'contractNumber', 'contractDate', 'certificateId', 'lessons', 'amount'];
  for (const invoice of invoices) {
    const lines = invoice.lines as readonly Record<string, unknown>[];
    const rows = lines.map((line) => columns.map((column) => cell(line[column])).join(','));
    writeFileSync(join(out, `${String(invoice.number)}.json`), `${JSON.stringify(invoice, undefined, 2)}\n`);
    writeFileSync(join(out, `${String(invoice.number)}.csv`), `${[columns.join(','), ...rows].join('\n')}\n`);
  }
}

function cell(value: unknown): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function totals(invoices: readonly Record<string, unknown>[]): string {
  const columns = ['providerId', 'month', 'number', 'status', 'services', 'corrections', 'advance', 'due'];
  const row = (cells: readonly unknown[]) => `${cells.map((value) => String(value).padStart(15)).join('')}\n`;
  return row(columns) + invoices.map((invoice) => row(columns.map((column) => invoice[column]))).join('');
}
