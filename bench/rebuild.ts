import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openLedger } from '../src/index.ts';
import { MemoryWatch } from './support/memory.ts';
import { inFolder } from './support/workshop.ts';

const ROUNDS = 3;
const PAGE = 2_000;
/** How many contracts make about 0.1, 1 and 5 million events at 24 lessons each. */
const CONTRACTS = [3_334, 33_334, 166_667];

/** Rebuild of all read models and verification of the log, against a bare paged scan with JSON.parse of the same file. */
export async function run(args: readonly string[]): Promise<void> {
  const sizes = args.length === 0 ? CONTRACTS : args.map(Number);
  for (const contracts of sizes) {
    await inFolder((folder) => measure(join(folder, 'ledger.db'), contracts));
  }
}

async function measure(file: string, contracts: number): Promise<void> {
  const events = grownApart(file, contracts);
  const ledger = await openLedger({ store: `sqlite:${file}` });
  const bare: number[] = [];
  const rebuilt: number[] = [];
  const memory = new MemoryWatch();
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(seconds(() => bareScan(file)));
    rebuilt.push(await secondsOf(() => ledger.rebuild({ progress: () => memory.look() })));
  }
  const verifyMemory = new MemoryWatch();
  const verified = await secondsOf(async () => {
    const { ok, findings } = await ledger.verify(undefined, { progress: () => verifyMemory.look() });
    if (!ok) throw new Error(findings.join('\n'));
  });
  await ledger.close();
  const ratio = Math.max(...bare.map((time, round) => time / (rebuilt[round] ?? Number.NaN)));
  process.stdout.write(
    `${events} events: bare scan ${rate(events, Math.min(...bare))}, rebuild ${rate(events, Math.min(...rebuilt))}, ` +
      `ratio ${(100 * ratio).toFixed(0)} % (goal 60 %), ${memory.mebibytes} MiB; ` +
      `verify ${rate(events, verified)} (goal 100 000/s), ${verifyMemory.mebibytes} MiB\n`,
  );
}

/** Grows the ledger in another process, whose memory is not to be counted; answers how many events there are. */
function grownApart(file: string, contracts: number): number {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const grown = spawnSync(process.execPath, [main, 'grow', file, String(contracts)], { encoding: 'utf8' });
  if (grown.status !== 0) throw new Error(grown.stderr);
  return Number(grown.stdout);
}

/** What reading alone costs: pages of the columns a read model needs, and the JSON of each event. */
function bareScan(file: string): void {
  const database = new DatabaseSync(file, { readOnly: true });
  database.exec('PRAGMA mmap_size = 4294967296; PRAGMA cache_size = -65536');
  const statement = database.prepare(
    'SELECT position, stream, revision, type, data FROM event WHERE position > ? ORDER BY position LIMIT ?',
  );
  statement.setReturnArrays(true);
  for (let position = 0; ; ) {
    const rows = statement.all(position, PAGE) as unknown as [number, number, number, string, string][];
    for (const [, , , , event] of rows) JSON.parse(event);
    if (rows.length < PAGE) break;
    position = rows.at(-1)?.[0] ?? position;
  }
  database.close();
}

function seconds(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function rate(events: number, time: number): string {
  return `${Math.round(events / time).toLocaleString('en')}/s`;
}
