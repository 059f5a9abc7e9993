import { loadavg } from 'node:os';
import type { LedgerServer } from './support/http-servers.ts';
import { ledgerServer } from './support/http-servers.ts';
import { balances, Lessons } from './support/load.ts';
import { median } from './support/report.ts';
import type { SteadyLoad } from './support/steady-load.ts';
import { steadyLoad } from './support/steady-load.ts';
import { inFolder } from './support/workshop.ts';

const CERTIFICATES = 2_000;
const MINUTES = 5;
/** Requests a second: a busy day of a region, every second of it. */
const COMMANDS = 200;
const QUESTIONS = 600;
const SAMPLE_PAUSE = 5_000;
/** Seconds until the server's code is compiled, which are not counted. */
const WARMING = 15;
/** Memory is flat when the last third of the time has no more than the second one and this much. */
const FLAT = 1.05;

/** Commands and questions at a steady pace for some minutes, with the memory of the server watched. */
export async function run([minutes = String(MINUTES)]: readonly string[]): Promise<void> {
  await inFolder(async (folder) => {
    const server = await ledgerServer(folder, CERTIFICATES);
    const samples: number[] = [];
    let watch: NodeJS.Timeout | undefined;
    // A provider of the town has 500 contracts, the first ones.
    const lessons = new Lessons(500).request(server.provider);
    const both = (seconds: number) => {
      const common = { url: server.url, seconds, connections: 32 };
      return Promise.all([
        steadyLoad({ ...common, rate: COMMANDS, request: lessons }),
        steadyLoad({ ...common, rate: QUESTIONS, request: balances(server.payer, CERTIFICATES) }),
      ]);
    };
    try {
      await both(WARMING);
      watch = setInterval(() => void resident(server).then((mebibytes) => samples.push(mebibytes)), SAMPLE_PAUSE);
      const [commands, questions] = await both(Number(minutes) * 60);
      const third = Math.floor(samples.length / 3);
      const [second, last] = [median(samples.slice(third, 2 * third)), median(samples.slice(2 * third))];
      const lines = [
        `${minutes} minutes at a steady pace (load ${loadavg()[0]?.toFixed(2)})`,
        `  commands  ${told(commands)}`,
        `  balances  ${told(questions)}`,
        `  memory    second third ${second} MiB, last third ${last} MiB, most ${Math.max(...samples)} MiB: ${last <= FLAT * second ? 'flat' : 'not flat'}`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    } finally {
      clearInterval(watch);
      await server.stop();
    }
  });
}

function told({ rate, p50, p99, p999, most }: SteadyLoad): string {
  return `${rate.toFixed(0)}/s  p50 ${p50} ms  p99 ${p99} ms  p99.9 ${p999} ms  most ${most} ms`;
}

/** The resident memory of the server, in MiB. */
async function resident({ url, metricsToken }: LedgerServer): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())?.[1];
  return Math.round(Number(bytes) / 1024 / 1024);
}
