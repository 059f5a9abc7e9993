import { join } from 'node:path';
import { openLedger } from '../src/index.ts';
import { growLog, monthTotal } from './support/grown-log.ts';
import { MemoryWatch } from './support/memory.ts';
import { inFolder } from './support/workshop.ts';

/** A month's run: a million charges of eight lessons a contract, billed to 400 providers; the tenth of it beside it. */
export async function run(): Promise<void> {
  for (const contracts of [12_500, 125_000]) {
    await inFolder((folder) => measure(join(folder, 'ledger.db'), contracts));
  }
}

async function measure(file: string, contracts: number): Promise<void> {
  const size = { contracts, providers: 400, months: 1, lessonsPerMonth: 8 };
  await growLog(file, size);
  const ledger = await openLedger({ store: `sqlite:${file}` });
  // The read side is up to date when a run begins, as it is after an import or any question.
  for await (const _ of ledger.invoices()) break;
  const before = process.memoryUsage.rss();
  const memory = new MemoryWatch();
  const timer = setInterval(() => memory.look(), 20);
  const started = performance.now();
  const { outcome } = await ledger.execute({ command: 'issueInvoices', id: 'run', month: '2020-09', on: '2020-10-01' });
  const time = (performance.now() - started) / 1000;
  clearInterval(timer);
  const invoices = outcome.invoices as readonly { readonly due: string }[];
  const due = invoices.reduce((sum, invoice) => sum + BigInt(invoice.due.replace('.', '')), 0n);
  if (String(due) !== monthTotal(size).replace('.', '')) throw new Error(`the run bills ${due} kopecks in all`);
  await ledger.close();
  process.stdout.write(
    `${8 * contracts} charges, ${invoices.length} invoices with ${contracts} lines: ${time.toFixed(2)} s (goal 3 s for a million), ` +
      `${memory.mebibytes} MiB at the most, ${Math.round(before / 1024 / 1024)} MiB before\n`,
  );
}
