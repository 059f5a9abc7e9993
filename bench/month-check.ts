import { join } from 'node:path';
import { openLedger } from '../src/index.ts';
import { growLog } from './support/grown-log.ts';
import { median } from './support/report.ts';
import { inFolder } from './support/workshop.ts';

const ROUNDS = 3;
const LESSONS_PER_MONTH = 8;
const GOAL_SECONDS = 3;

/**
 * The check of a month over a million charges of 125 000 contracts: of September, whose lessons are all recorded, and of
 * October, of which nothing has come in yet, so that every contract is a finding. A number of contracts makes it smaller.
 */
export async function run([contracts = '125000']: readonly string[]): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'ledger.db');
    const size = { contracts: Number(contracts), providers: 400, months: 1, lessonsPerMonth: LESSONS_PER_MONTH };
    const events = await growLog(file, size);
    // The read side is up to date when a clerk asks, as it is after an import or any question.
    const writer = await openLedger({ store: `sqlite:${file}` });
    for await (const _ of writer.invoices()) break;
    await writer.close();
    for (const [month, on] of [
      ['2020-09', '2020-10-01'],
      ['2020-10', '2020-11-01'],
    ] as const) {
      const seconds: number[] = [];
      const processor: number[] = [];
      let found = '';
      for (let round = 0; round < ROUNDS; round += 1) {
        const [started, used] = [performance.now(), process.cpuUsage()];
        const ledger = await openLedger({ store: `sqlite:${file}`, readOnly: true });
        const { blocking, advice } = await ledger.invoicesCheck(month, { on });
        seconds.push((performance.now() - started) / 1000);
        const { user, system } = process.cpuUsage(used);
        processor.push((user + system) / 1e6);
        await ledger.close();
        found = `${blocking} blocking, ${advice} others`;
      }
      const charges = (LESSONS_PER_MONTH * size.contracts).toLocaleString('en');
      process.stdout.write(
        `${events} events, ${charges} charges, ${month}: ${found}, ${median(seconds).toFixed(2)} s, ` +
          `${median(processor).toFixed(2)} s of them on a processor (goal ${GOAL_SECONDS} s for a million charges)\n`,
      );
    }
  });
}
