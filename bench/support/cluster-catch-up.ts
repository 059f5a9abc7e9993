import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { NewEvent } from '../../src/events/envelope.ts';
import { openLedger } from '../../src/index.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { BareClient } from './bare-client.ts';
import { growLog } from './grown-log.ts';
import { median } from './report.ts';
import { inFolder } from './workshop.ts';

const ROUNDS = 3;
const GOAL = 0.7;
const READ_AT_ONCE = 50_000;
const APPENDS_AT_ONCE = 64;
/** An append stays far below the server's limit of 1 MiB. */
const EVENTS_AN_APPEND = 500;

/** The read models of a node that has nothing yet, against the client's subscription to the same events. */
export async function measureCatchUp(address: string, contracts: number): Promise<void> {
  await inFolder(async (folder) => {
    const name = `grown-${randomBytes(4).toString('hex')}`;
    const file = join(folder, 'ledger.db');
    const events = await growLog(file, { contracts, providers: 100, months: 4, lessonsPerMonth: 6 });
    await putOnServer(file, new KurrentDbEventStore(address, { prefix: `${name}.` }));
    const separator = address.includes('?') ? '&' : '?';
    const store = `${address}${separator}ledger=${name}`;
    const rates = { ledger: [] as number[], bare: [] as number[], embedded: [] as number[] };
    const client = new BareClient(address);
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.bare.push(events / (await client.receive(`^${name}\\.[^~$]`, events)));
      rates.ledger.push(events / (await firstAnswer(store, join(folder, `models-${round}.db`), contracts)));
      rates.embedded.push(
        events / (await firstAnswer(`sqlite:${file}`, join(folder, `embedded-${round}.db`), contracts)),
      );
    }
    await client.close();
    const ratio = median(rates.ledger.map((rate, round) => rate / (rates.bare[round] ?? Number.NaN)));
    process.stdout.write(
      `a new node catches up with ${events.toLocaleString('en')} events (${ROUNDS} rounds, load ${loadavg()[0]?.toFixed(1)})\n` +
        `  ledger ${perSecond(rates.ledger)}; bare client's filtered subscription ${perSecond(rates.bare)}, ` +
        `ratio ${(100 * ratio).toFixed(0)} %, goal ${100 * GOAL} %: ${ratio >= GOAL ? 'reached' : 'missed'}\n` +
        `  the same log on sqlite: ${perSecond(rates.embedded)}\n`,
    );
  });
}

/** How long it takes from opening a ledger without read models to its first answer, which has seen everything. */
async function firstAnswer(store: string, readModels: string, contracts: number): Promise<number> {
  const started = performance.now();
  const ledger = await openLedger({ store, readModels });
  let children = 0;
  for await (const { groupId, childrenWithContract } of ledger.coverage({ on: '2020-12-01' })) {
    if (groupId === undefined) children = childrenWithContract;
  }
  const seconds = (performance.now() - started) / 1000;
  await ledger.close();
  if (children !== contracts) throw new Error(`${children} children have a contract, not ${contracts}`);
  return seconds;
}

/** Page by page of the log, the events of each stream in one append. */
async function putOnServer(file: string, server: KurrentDbEventStore): Promise<void> {
  const log = new SqliteEventStore(file, { readOnly: true });
  for (let after: string | undefined; ; ) {
    const { events, last } = await log.readAll({ after, limit: READ_AT_ONCE });
    if (last === undefined) break;
    const streams = [...Map.groupBy(events, ({ stream }) => stream).entries()];
    const sender = async () => {
      for (let next = streams.shift(); next !== undefined; next = streams.shift()) {
        const [stream, appended] = next;
        for (let from = 0; from < appended.length; from += EVENTS_AN_APPEND) {
          const slice = appended.slice(from, from + EVENTS_AN_APPEND);
          await server.append(stream, (slice[0]?.revision ?? 0) - 1, slice satisfies readonly NewEvent[]);
        }
      }
    };
    await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, sender));
    after = last;
  }
  await log.close();
  await server.close();
}

function perSecond(rates: readonly number[]): string {
  return `${Math.round(median(rates)).toLocaleString('en')} events/s`;
}
