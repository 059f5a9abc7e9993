import { openLedger } from '../src/index.ts';
import { growLog } from './support/grown-log.ts';

/**
 * Only writes a ledger of that many contracts with its read models into a file, for benches that measure memory in a process
 * of their own.
 */
export async function run([file, contracts]: readonly string[]): Promise<void> {
  if (file === undefined || contracts === undefined) throw new Error('grow takes FILE and the number of CONTRACTS');
  const size = { contracts: Number(contracts), providers: 400, months: 3, lessonsPerMonth: 8 };
  const events = await growLog(file, size);
  await (await openLedger({ store: `sqlite:${file}` })).close();
  process.stdout.write(`${events}\n`);
}
