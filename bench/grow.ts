import { growLog } from './support/grown-log.ts';

/** Only writes a ledger of that many contracts into a file, for benches that measure memory in a process of their own. */
export async function run([file, contracts]: readonly string[]): Promise<void> {
  if (file === undefined || contracts === undefined) throw new Error('grow takes FILE and the number of CONTRACTS');
  const size = { contracts: Number(contracts), providers: 400, months: 3, lessonsPerMonth: 8 };
  process.stdout.write(`${await growLog(file, size)}\n`);
}
