import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { listenerOn } from './listener.ts';

const nodesFile = z
  .array(z.strictObject({ url: z.string(), pid: z.int().positive(), start: z.string().min(1) }))
  .min(1);

/** How long a node, or the whole cluster, may take to be ready for work, in milliseconds. */
const PATIENCE = 90_000;
const PAUSE = 100;
/** How long a node that does not answer may still be on its way. */
const BY_ITSELF = 15_000;

/** A node of a cluster that may be killed and brought back. */
export interface ClusterNode {
  readonly host: string;
  readonly port: number;
  /** Where its HTTP answers. */
  readonly origin: string;
  readonly start: string;
  /** As the file gives it; the process that listens on the port is asked first, since a node started again is another. */
  readonly pid: number;
}

/**
 * The servers that `KURRENTDB_NODES` names, a JSON file `[{"url","pid","start"}]`: `url` is `esdb://HOST:PORT?…` or
 * `http://HOST:PORT`, `start` a shell command that brings the node back. The process killed is the one that listens on
 * the node's port where that can be seen (Linux), and otherwise `pid`, read anew each time.
 */
export class Cluster {
  readonly #file: string;
  readonly nodes: readonly ClusterNode[];
  /** The address of all nodes together, for appends by way of the leader. */
  readonly address: string;

  constructor(file: string) {
    this.#file = file;
    this.nodes = readNodes(file);
    const hosts = this.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
    const query = /\?(.*)$/.exec(urlsOf(file)[0] ?? '')?.[1] ?? `tls=${urlsOf(file)[0]?.startsWith('https:') === true}`;
    this.address = `esdb://${hosts}?${query}&nodePreference=leader`;
  }

  /** The node that takes the appends; waits until there is one. */
  async leader(): Promise<ClusterNode> {
    for (const patience = AbortSignal.timeout(PATIENCE); !patience.aborted; await wait(PAUSE)) {
      for (const node of this.nodes) if ((await stateOf(node)) === 'leader') return node;
    }
    throw new Error('the cluster has chosen no leader');
  }

  /**
   * Waits until every node is there and follows a leader, or is it. A node that has ended by itself is brought back, as
   * whoever runs it would: one that was deposed with something only it had written ends, and drops that when it starts.
   */
  async whole(): Promise<void> {
    let lastStarted = performance.now();
    for (const patience = AbortSignal.timeout(PATIENCE); !patience.aborted; await wait(PAUSE)) {
      const states = await Promise.all(this.nodes.map(stateOf));
      const leaders = states.filter((state) => state === 'leader').length;
      if (leaders === 1 && states.every((state) => state === 'leader' || state === 'follower')) return;
      if (performance.now() - lastStarted < BY_ITSELF) continue;
      lastStarted = performance.now();
      await this.#startMissing(states);
    }
    throw new Error('the cluster is not whole');
  }

  /** Ends a node's process at once, and answers when, by `performance.now()`. */
  async kill(node: ClusterNode, signal: NodeJS.Signals = 'SIGKILL'): Promise<number> {
    const given = readNodes(this.#file).find(({ origin }) => origin === node.origin)?.pid ?? node.pid;
    process.kill(listenerOn(node.port) ?? given, signal);
    const killedAt = performance.now();
    for (const patience = AbortSignal.timeout(PATIENCE); (await stateOf(node)) !== undefined; await wait(PAUSE)) {
      if (patience.aborted) throw new Error(`${node.origin} still answers after ${signal}`);
    }
    return killedAt;
  }

  /** Brings back every node that is not there, and waits until the cluster is whole. */
  async startAll(): Promise<void> {
    const states = await Promise.all(this.nodes.map(stateOf));
    await this.#startMissing(states);
    await this.whole();
  }

  /**
   * Brings a node back, and waits until it answers; again where it ended by itself, as a leader that was killed does
   * once: it drops what only it had written, and wants to be started anew for that.
   */
  async start(node: ClusterNode): Promise<void> {
    let lastStarted = Number.NEGATIVE_INFINITY;
    for (const patience = AbortSignal.timeout(PATIENCE); (await stateOf(node)) === undefined; await wait(PAUSE)) {
      if (patience.aborted) throw new Error(`${node.origin} does not answer after: ${node.start}`);
      if (performance.now() - lastStarted < BY_ITSELF) continue;
      lastStarted = performance.now();
      // What starts a node may end at once or stay as long as the node does; either way it outlives this process.
      spawn(node.start, { shell: true, stdio: 'ignore', detached: true }).unref();
    }
  }

  async #startMissing(states: readonly (string | undefined)[]): Promise<void> {
    await Promise.all(this.nodes.filter((_, index) => states[index] === undefined).map((node) => this.start(node)));
  }
}

function urlsOf(file: string): string[] {
  return nodesFile.parse(JSON.parse(readFileSync(file, 'utf8'))).map(({ url }) => url);
}

function readNodes(file: string): ClusterNode[] {
  return nodesFile.parse(JSON.parse(readFileSync(file, 'utf8'))).map(({ url, pid, start }) => {
    const [, scheme, host, port] = /^(\w+):\/\/(?:[^@/?]*@)?([^:/?]+):(\d+)/.exec(url) ?? [];
    if (host === undefined || port === undefined) throw new Error(`${url} names no host and port`);
    const isPlain = scheme === 'http' || /[?&]tls=false\b/i.test(url);
    return { host, port: Number(port), origin: `${isPlain ? 'http' : 'https'}://${host}:${port}`, pid, start };
  });
}

/** What a node says it is, in small letters; nothing while it does not answer. */
async function stateOf({ origin }: ClusterNode): Promise<string | undefined> {
  try {
    const answer = await fetch(`${origin}/info`, { signal: AbortSignal.timeout(2_000) });
    const { state } = (await answer.json()) as { readonly state: string };
    return state.toLowerCase();
  } catch {
    return undefined;
  }
}
