import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const main = new URL('../../../api/main.ts', import.meta.url).pathname;
const commandLine = new URL('../../../api/cli/main.ts', import.meta.url).pathname;
const LISTENING = /^listening on (.*)$/;

/** A line of the server's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly log: readonly LogLine[];
  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void;
  /** How it ended: its exit code, or the signal that killed it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** How a server that was not to begin has ended. */
export interface FailedStart {
  readonly exitCode: number | null;
  readonly errors: string;
}

/** Starts the server on a free port, and answers when it listens. */
export function startServer(environment: NodeJS.ProcessEnv): Promise<ServerProcess> {
  return listening(started([main], { PORT: '0', ...environment }));
}

/** The same by the command line, with further options of its own. */
export function serveBy(environment: NodeJS.ProcessEnv, ...options: readonly string[]): Promise<ServerProcess> {
  return listening(started([commandLine, 'serve', '--port', '0', ...options], environment));
}

async function listening(child: ChildProcess): Promise<ServerProcess> {
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  });
  child.stderr?.pipe(process.stderr);
  const log: LogLine[] = [];
  const address = Promise.withResolvers<string>();
  if (child.stdout === null) throw new Error('the server has no output');
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as LogLine;
    log.push(line);
    const url = LISTENING.exec(line.msg)?.[1];
    if (url !== undefined) address.resolve(url);
  });
  void ended.then((code) => address.reject(new Error(`the server ended with ${code} before it listened`)));
  return { url: await address.promise, log, ended, kill: (signal) => void child.kill(signal) };
}

/** Starts a server that is expected to refuse. */
export async function failToStart(environment: NodeJS.ProcessEnv): Promise<FailedStart> {
  const child = started([main], environment);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, errors };
}

function started(words: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const { PATH } = process.env;
  return spawn(process.execPath, words, { env: { PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
}
