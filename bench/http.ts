import { loadavg } from 'node:os';
import { emptyServer, ledgerServer } from './support/http-servers.ts';
import type { Load } from './support/load.ts';
import { balances, Lessons, load } from './support/load.ts';
import { median } from './support/report.ts';
import { inFolder } from './support/workshop.ts';

const CONNECTIONS = 64;
const CERTIFICATES = 500;
const SECONDS = 3;
const ROUNDS = 5;
const P99_GOAL = 20;

/** Durable commands and balances over HTTP against an empty route of Fastify, taken in turn, each server in its process. */
export async function run(): Promise<void> {
  await inFolder(async (folder) => {
    const empty = await emptyServer(folder);
    const ledger = await ledgerServer(folder, CERTIFICATES);
    const measured = { empty: [] as Load[], emptyPost: [] as Load[], commands: [] as Load[], balances: [] as Load[] };
    try {
      const lessons = new Lessons(CERTIFICATES).request(ledger.provider);
      const questions = balances(ledger.payer, CERTIFICATES);
      const common = { connections: CONNECTIONS, seconds: SECONDS };
      for (let round = 0; round <= ROUNDS; round += 1) {
        const one = {
          empty: await load({ ...common, url: empty.url, request: { method: 'GET', path: '/' } }),
          // The same bodies, which the empty route reads and forgets.
          emptyPost: await load({ ...common, url: empty.url, request: lessons }),
          commands: await load({ ...common, url: ledger.url, request: lessons }),
          balances: await load({ ...common, url: ledger.url, request: questions }),
        };
        // The first round warms the processes up.
        if (round === 0) continue;
        for (const name of ['empty', 'emptyPost', 'commands', 'balances'] as const) measured[name].push(one[name]);
      }
    } finally {
      await ledger.stop();
      await empty.stop();
    }
    process.stdout.write(`${CONNECTIONS} connections, ${ROUNDS} rounds, load ${loadavg()[0]?.toFixed(2)}\n`);
    print('empty GET', measured.empty, measured.empty);
    print('empty POST', measured.emptyPost, measured.empty);
    print('recordLesson', measured.commands, measured.empty, 0.4);
    print('of empty POST', measured.commands, measured.emptyPost, 0.4);
    print('balance', measured.balances, measured.empty, 0.6);
  });
}

function print(name: string, loads: readonly Load[], empty: readonly Load[], goal?: number): void {
  const rate = Math.round(median(loads.map((one) => one.rate)));
  const ratio = median(loads.map((one, round) => one.rate / (empty[round]?.rate ?? Number.NaN)));
  const [p50, p99] = [median(loads.map((one) => one.p50)), median(loads.map((one) => one.p99))];
  const reached =
    goal === undefined
      ? ''
      : `  ratio ${ratio.toFixed(2)}, goal ${goal}: ${ratio >= goal ? 'reached' : 'missed'}; p99 goal ${P99_GOAL} ms: ${p99 < P99_GOAL ? 'reached' : 'missed'}`;
  process.stdout.write(
    `  ${name.padEnd(14)}${rate.toLocaleString('en').padStart(8)}/s  p50 ${p50} ms  p99 ${p99} ms${reached}\n`,
  );
}
