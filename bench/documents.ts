import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { registryXlsx } from '../api/documents/registry/render-registry.ts';
import { openLedger } from '../src/index.ts';
import { growLog } from './support/grown-log.ts';
import { MemoryWatch } from './support/memory.ts';
import { inFolder } from './support/workshop.ts';

const SIZE = { contracts: 100_000, providers: 400, months: 1, lessonsPerMonth: 1 };

/** The papers of a month, 400 invoices of 250 lines, as PDF and XLSX; and a registry of 100 000 rows as a workbook. */
export async function run(): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'ledger.db');
    await growLog(file, SIZE);
    const ledger = await openLedger({ store: `sqlite:${file}` });
    await ledger.execute({ command: 'issueInvoices', id: 'run', month: '2020-09', on: '2020-10-01' });
    await ledger.close();
    documents(file, folder, ['pdf', 'xlsx']);
    documents(file, folder, ['pdf']);
    documents(file, folder, ['xlsx']);
    await registry(file);
  });
}

function documents(file: string, folder: string, formats: readonly string[]): void {
  const script = new URL('./support/documents-process.ts', import.meta.url).pathname;
  const out = join(folder, formats.join('-'));
  const { stdout, stderr } = spawnSync(process.execPath, [script, file, out, '2020-09', ...formats], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  const { files, mebibytes, seconds, facts, cpu, memory } = JSON.parse(stdout) as Record<string, number>;
  process.stdout.write(
    `${SIZE.providers} invoices of ${SIZE.contracts / SIZE.providers} lines as ${formats.join(' and ')}: ` +
      `${seconds?.toFixed(1)} s (goal 60 s for both), ${cpu?.toFixed(1)} s of one core, ${facts?.toFixed(1)} s of it for the facts, ` +
      `${files} files, ${mebibytes} MiB, ${memory} MiB of memory at the most (goal 500), load ${loadavg()[0]?.toFixed(1)}\n`,
  );
}

async function registry(file: string): Promise<void> {
  const ledger = await openLedger({ store: `sqlite:${file}`, readOnly: true });
  for await (const _ of ledger.registry('contracts', { limit: 1 })) break;
  const before = process.memoryUsage.rss();
  const memory = new MemoryWatch();
  const started = performance.now();
  let bytes = 0;
  for await (const chunk of registryXlsx('contracts', ledger.registry('contracts'))) {
    bytes += chunk.length;
    memory.look();
  }
  const seconds = (performance.now() - started) / 1000;
  await ledger.close();
  process.stdout.write(
    `registry of ${SIZE.contracts} contracts as xlsx: ${seconds.toFixed(1)} s, ${Math.round(bytes / 1024 / 1024)} MiB, ` +
      `${memory.mebibytes} MiB of memory at the most, ${Math.round(before / 1024 / 1024)} MiB before, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
}
