import { spawnSync } from 'node:child_process';
import { closeSync, createReadStream, createWriteStream, openSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LedgerServer } from './support/http-servers.ts';
import { ledgerServer } from './support/http-servers.ts';
import { median } from './support/report.ts';
import { lessons, townCommands } from './support/town.ts';
import { inFolder } from './support/workshop.ts';

const CERTIFICATES = 2_000;
const ROUNDS = 5;
const LINES = 50_000;
const GOAL = 0.7;
const COMMAND_LINE = new URL('../api/cli/main.ts', import.meta.url).pathname;
/** As many as the server's town has; more than the lessons of all rounds. */
const LESSONS_PER_CONTRACT = 10_000;

/**
 * The same command file by HTTP and by the command line, in turn, each into a ledger of its own on the same disk. The time
 * the command line takes to start, open and close is taken off it, since a server has done that before.
 */
export async function run(): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'command-line.db');
    const source = join(folder, 'commands.jsonl');
    const town = [...townCommands({ certificates: CERTIFICATES, lessonsPerContract: LESSONS_PER_CONTRACT })];
    write(source, town);
    byCommandLine(source, file, folder);
    const server = await ledgerServer(folder, CERTIFICATES);
    const rates = { commandLine: [] as number[], http: [] as number[] };
    try {
      for (let round = 0; round <= ROUNDS; round += 1) {
        write(source, []);
        const start = byCommandLine(source, file, folder);
        write(source, lessons(round * LINES, LINES, CERTIFICATES));
        const commandLine = byCommandLine(source, file, folder) - start;
        const http = await byHttp(source, server, folder);
        // The first round warms the server up.
        if (round === 0) continue;
        rates.commandLine.push(LINES / commandLine);
        rates.http.push(LINES / http);
      }
    } finally {
      await server.stop();
    }
    const ratio = median(rates.http.map((rate, round) => rate / (rates.commandLine[round] ?? Number.NaN)));
    const load = loadavg()[0]?.toFixed(2);
    process.stdout.write(
      `import of ${LINES.toLocaleString('en')} lessons with one entry (${ROUNDS} rounds, load ${load})\n` +
        `  command line ${perSecond(median(rates.commandLine))}\n` +
        `  by HTTP      ${perSecond(median(rates.http))}  ratio ${(100 * ratio).toFixed(0)} %, goal ${100 * GOAL} %: ${ratio >= GOAL ? 'reached' : 'missed'}\n`,
    );
  });
}

function write(source: string, commands: readonly object[]): void {
  writeFileSync(source, commands.map((command) => `${JSON.stringify(command)}\n`).join(''));
}

/** Answers the seconds the process took. */
function byCommandLine(source: string, file: string, folder: string): number {
  const answers = openSync(join(folder, 'command-line.jsonl'), 'w');
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [COMMAND_LINE, 'import', source, '--db', file], {
    stdio: ['ignore', answers, 'inherit'],
  });
  closeSync(answers);
  if (status !== 0) throw new Error(`the import ended with exit code ${status}`);
  return (performance.now() - started) / 1000;
}

/** Answers the seconds from the first byte sent to the last one read. */
async function byHttp(source: string, { url, operator }: LedgerServer, folder: string): Promise<number> {
  const started = performance.now();
  const headers = { authorization: `Bearer ${operator}`, 'content-type': 'application/x-ndjson' };
  const sent = request(new URL('/imports', url), { method: 'POST', headers });
  const answered = new Promise<void>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (answer) => {
      pipeline(answer, createWriteStream(join(folder, 'http.jsonl'))).then(resolve, reject);
    });
  });
  await Promise.all([pipeline(createReadStream(source, { highWaterMark: 256 * 1024 }), sent), answered]);
  return (performance.now() - started) / 1000;
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en').padStart(9)} commands/s`;
}
