import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServerProcess } from '../http/server-process.ts';
import { startServer } from '../http/server-process.ts';
import type { Sent } from '../nodes/answers.ts';
import { call } from './command-line.ts';

/** How often a command that could not be judged yet is sent again, under the same id. */
const TRIES = 30;
const PAUSE = 200;

/** What a node has answered to a command. */
export interface ApiAnswer {
  readonly ok: boolean;
  readonly replayed: boolean;
  /** The code of the rule that refuses it. */
  readonly code?: string;
  readonly outcome?: Readonly<Record<string, unknown>>;
}

/** Several nodes of the API on one ledger, each a process of its own with read models of its own. */
export class ApiNodes {
  readonly #store: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'ledger-api-nodes-'));
  readonly #key: string;
  readonly #nodes: ServerProcess[] = [];
  readonly #gone = new Set<number>();
  /** How often a node answered that a command may be sent again, by code. */
  readonly sentAgain: Record<string, number> = {};

  private constructor(store: string, key: string) {
    this.#store = store;
    this.#key = key;
  }

  /** Makes an operator's key by the command line, and starts the nodes. */
  static async start(store: string, count = 2): Promise<ApiNodes> {
    const made = await call('keys', 'create', '--role', 'operator', '--json', '--store', store);
    if (made.exitCode !== 0) throw new Error(`no key was made: ${made.errors}`);
    const nodes = new ApiNodes(store, JSON.parse(made.text).key);
    await Promise.all(Array.from({ length: count }, (_, node) => nodes.startAgain(node)));
    return nodes;
  }

  /** Starts a node that was killed; it finds the read models it had. */
  async startAgain(node: number): Promise<void> {
    const readModels = join(this.#folder, `read-models-${node}.db`);
    this.#nodes[node] = await startServer({ LEDGER_STORE: this.#store, LEDGER_DB: readModels });
    this.#gone.delete(node);
  }

  async kill(node: number): Promise<void> {
    this.node(node).kill('SIGKILL');
    await this.node(node).ended;
    this.#gone.add(node);
  }

  /** Whether a node was killed and not started again. */
  isGone(node: number): boolean {
    return this.#gone.has(node);
  }

  node(node: number): ServerProcess {
    const started = this.#nodes[node];
    if (started === undefined) throw new Error(`there is no node ${node}`);
    return started;
  }

  /** Sends a command once; nothing when the connection broke, or the node says that it may be sent again. */
  async send(node: number, command: Sent): Promise<ApiAnswer | undefined> {
    const headers = {
      authorization: `Bearer ${this.#key}`,
      'content-type': 'application/json',
      'idempotency-key': command.id,
    };
    try {
      const body = JSON.stringify(command);
      const answer = await fetch(`${this.node(node).url}/commands`, { method: 'POST', headers, body });
      const told = (await answer.json()) as { readonly code: string; readonly outcome: Record<string, unknown> };
      if (answer.status === 200) {
        return { ok: true, replayed: answer.headers.get('idempotency-replayed') === 'true', outcome: told.outcome };
      }
      if (answer.status < 500) return { ok: false, replayed: false, code: told.code };
      this.sentAgain[told.code] = (this.sentAgain[told.code] ?? 0) + 1;
      if (answer.status !== 503) throw new Error(`${answer.status}: ${JSON.stringify(told)}`);
      return undefined;
    } catch (error) {
      // What `fetch` says of a connection that was refused or broke.
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** Sends a command until it is judged, under the same id. */
  async give(node: number, command: Sent): Promise<ApiAnswer> {
    for (let tried = 1; tried <= TRIES; tried += 1) {
      const answer = await this.send(node, command);
      if (answer !== undefined) return answer;
      await wait(PAUSE);
    }
    throw new Error(`node ${node} did not judge ${JSON.stringify(command)} in ${TRIES} times`);
  }

  /** Sends the lines of a command file, with their own times, and answers the lines that come back. */
  async importFile(node: number, lines: readonly object[]): Promise<Readonly<Record<string, unknown>>[]> {
    const answer = await fetch(`${this.node(node).url}/imports?clock=file`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });
    if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
    const text = await answer.text();
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** Sends commands all at once, in turns to one node and the other. */
  giveAtOnce(commands: readonly Sent[]): Promise<ApiAnswer[]> {
    return Promise.all(commands.map((command, index) => this.give(index % this.#nodes.length, command)));
  }

  async stop(): Promise<void> {
    for (const node of this.#nodes) node.kill('SIGTERM');
    await Promise.all(this.#nodes.map(({ ended }) => ended));
    rmSync(this.#folder, { recursive: true });
  }
}

/** How many answers there are of each kind: `accepted`, `replayed` or the code of a refusal. */
export function tally(answers: readonly ApiAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { ok, replayed, code = '' } of answers) {
    const kind = ok ? (replayed ? 'replayed' : 'accepted') : code;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
