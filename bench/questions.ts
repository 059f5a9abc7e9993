import { join } from 'node:path';
import type { Ledger } from '../src/index.ts';
import { openLedger } from '../src/index.ts';
import { certificateOf, growLog } from './support/grown-log.ts';
import { inFolder } from './support/workshop.ts';

const CONTRACTS = 166_667;
const ASKED = 5_000;

/** Balance and explanation of single certificates, taken all over a ledger of five million events. */
export async function run([contracts = String(CONTRACTS)]: readonly string[]): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'ledger.db');
    const events = await growLog(file, { contracts: Number(contracts), providers: 400, months: 3, lessonsPerMonth: 8 });
    const ledger = await openLedger({ store: `sqlite:${file}` });
    await measure(`balance at ${events} events`, Number(contracts), (id) => ledger.balance(id));
    await measure(`balance on a day, as known then`, Number(contracts), (id) => pointInTime(ledger, id));
    await measure(`explain`, Number(contracts), (id) => ledger.explain(id));
    await ledger.close();
  });
}

function pointInTime(ledger: Ledger, id: string): Promise<unknown> {
  return ledger.balance(id, { on: '2020-10-15', asOf: '2020-10-31T00:00:00Z' });
}

async function measure(
  name: string,
  contracts: number,
  ask: (certificateId: string) => Promise<unknown>,
): Promise<void> {
  const times: number[] = [];
  for (let asked = 0; asked < ASKED; asked += 1) {
    // A step that shares no factor with the number of contracts touches pages all over the file, each certificate once.
    const certificateId = certificateOf((asked * 7919) % contracts);
    const started = performance.now();
    await ask(certificateId);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(ASKED * share)] ?? Number.NaN).toFixed(2);
  process.stdout.write(`${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(0.9999)} ms (goal p99 < 2 ms)\n`);
}
