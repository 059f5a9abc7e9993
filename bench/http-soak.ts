import { loadavg } from 'node:os';
import type { LedgerServer } from './support/http-servers.ts';
import { ledgerServer } from './support/http-servers.ts';
import { balances, Lessons, load } from './support/load.ts';
import { median } from './support/report.ts';
import { inFolder } from './support/workshop.ts';

const CERTIFICATES = 2_000;
const MINUTES = 5;
/** Requests a second: a busy day of a region, every second of it. */
const COMMANDS = 200;
const QUESTIONS = 600;
const SAMPLE_PAUSE = 5_000;
/** Memory is flat when the last third of the time has no more than the second one and this much. */
const FLAT = 1.05;

/** Commands and questions at a steady pace for some minutes, with the memory of the server watched. */
export async function run([minutes = String(MINUTES)]: readonly string[]): Promise<void> {
  await inFolder(async (folder) => {
    const server = await ledgerServer(folder, CERTIFICATES);
    const samples: number[] = [];
    const watch = setInterval(() => void resident(server).then((mebibytes) => samples.push(mebibytes)), SAMPLE_PAUSE);
    try {
      const common = { url: server.url, seconds: Number(minutes) * 60, connections: 32 };
      const [commands, questions] = await Promise.all([
        // A provider of the town has 500 contracts, the first ones.
        load({ ...common, rate: COMMANDS, request: new Lessons(500).request(server.provider) }),
        load({ ...common, rate: QUESTIONS, request: balances(server.payer, CERTIFICATES) }),
      ]);
      clearInterval(watch);
      const third = Math.floor(samples.length / 3);
      const [second, last] = [median(samples.slice(third, 2 * third)), median(samples.slice(2 * third))];
      const lines = [
        `${minutes} minutes at a steady pace (load ${loadavg()[0]?.toFixed(2)})`,
        `  commands  ${commands.rate.toFixed(0)}/s  p50 ${commands.p50} ms  p99 ${commands.p99} ms`,
        `  balances  ${questions.rate.toFixed(0)}/s  p50 ${questions.p50} ms  p99 ${questions.p99} ms`,
        `  memory    second third ${second} MiB, last third ${last} MiB, most ${Math.max(...samples)} MiB: ${last <= FLAT * second ? 'flat' : 'not flat'}`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    } finally {
      clearInterval(watch);
      await server.stop();
    }
  });
}

/** The resident memory of the server, in MiB. */
async function resident({ url, metricsToken }: LedgerServer): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())?.[1];
  return Math.round(Number(bytes) / 1024 / 1024);
}
