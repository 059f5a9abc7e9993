import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLedger } from '../../src/index.ts';
import { runAll, townCommands } from './town.ts';

/** A server in a process of its own, so that it and whoever asks it have a core each. */
export interface BenchServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A ledger's server with a town behind it, and keys of an operator, the payer and the first provider of the town. */
export interface LedgerServer extends BenchServer {
  readonly operator: string;
  readonly payer: string;
  readonly provider: string;
  readonly metricsToken: string;
}

const METRICS_TOKEN = 'metrics-of-the-bench';

/** Starts the ledger's own server as the README says, with a limit of requests that nobody reaches. */
export async function ledgerServer(folder: string, certificates: number): Promise<LedgerServer> {
  const file = join(folder, 'ledger.db');
  const ledger = await openLedger({ store: `sqlite:${file}` });
  await runAll(ledger, townCommands({ certificates, lessonsPerContract: 10_000 }));
  const operator = await ledger.accessKeys.create({ role: 'operator' });
  const payer = await ledger.accessKeys.create({ role: 'payer', payerId: 'uo' });
  const provider = await ledger.accessKeys.create({ role: 'provider', providerId: 'provider-0' });
  await ledger.close();
  const main = join(import.meta.dirname, '../../api/main.ts');
  const settings = { LEDGER_DB: file, PORT: '0', RATE_LIMIT: '1000000', METRICS_TOKEN };
  const server = await started(main, join(folder, 'server.log'), settings);
  return {
    ...server,
    operator: operator.key,
    payer: payer.key,
    provider: provider.key,
    metricsToken: METRICS_TOKEN,
  };
}

/** Starts a server of Fastify alone: `GET /` and `POST /lessons` answer an empty object, and read what they are sent. */
export function emptyServer(folder: string): Promise<BenchServer> {
  return started(join(import.meta.dirname, 'empty-server.ts'), join(folder, 'empty.log'), {});
}

async function started(program: string, logFile: string, environment: NodeJS.ProcessEnv): Promise<BenchServer> {
  const log = openSync(logFile, 'a');
  // The log goes to a file, as it does in service, and names the address.
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', log, 'inherit'],
  });
  return { url: await urlIn(logFile, child), stop: () => stopped(child) };
}

async function urlIn(logFile: string, child: ChildProcess): Promise<string> {
  while (child.exitCode === null) {
    const url = /listening on (http:\S+?)"/.exec(readFileSync(logFile, 'utf8'))?.[1];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the server ended with ${child.exitCode} before it listened`);
}

async function stopped(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
