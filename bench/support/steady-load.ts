import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request as send } from 'node:http';
import type { Request } from 'autocannon';
import type { Load } from './load.ts';
import { quantile } from './report.ts';

export interface SteadyLoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly request: Request;
  /** Requests a second. */
  readonly rate: number;
}

export interface SteadyLoad extends Load {
  /** Milliseconds. */
  readonly p999: number;
  readonly most: number;
}

/** Milliseconds between two looks at what is due. */
const TICK = 2;

/**
 * Sends requests evenly spread over time, however long the answers take, and measures each from when it was due: who is
 * made to wait by the answers before is counted with that wait. (autocannon sends the requests of a second all at its
 * beginning.)
 */
export async function steadyLoad(options: SteadyLoadOptions): Promise<SteadyLoad> {
  const { seconds, rate, connections } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const requests = seconds * rate;
  const times: Promise<number>[] = [];
  const started = performance.now();
  try {
    while (times.length < requests) {
      const due = Math.min(requests, Math.floor(((performance.now() - started) / 1000) * rate));
      while (times.length < due) {
        const time = answered(options, agent, started + (times.length / rate) * 1000);
        // Asked for at the end; until then a refusal is nobody's fault.
        time.catch(() => undefined);
        times.push(time);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK));
    }
    const latencies = (await Promise.all(times)).sort((a, b) => a - b);
    const taken = performance.now() - started;
    const at = (share: number) => Math.round(quantile(latencies, share) * 10) / 10;
    return { rate: (latencies.length / taken) * 1000, p50: at(0.5), p99: at(0.99), p999: at(0.999), most: at(1) };
  } finally {
    agent.destroy();
  }
}

/** The milliseconds from when the request was due to the end of its answer. */
async function answered({ url, request }: SteadyLoadOptions, agent: Agent, due: number): Promise<number> {
  const { method = 'GET', path = '/', headers = {}, body } = prepared(request);
  const sent = send(new URL(path, url), { agent, method, headers: { ...headers } });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  if (answer.statusCode === undefined || answer.statusCode >= 300) {
    throw new Error(`${method} ${path} was answered with ${answer.statusCode}`);
  }
  return performance.now() - due;
}

function prepared(request: Request): Request {
  return typeof request.setupRequest === 'function' ? request.setupRequest({ ...request }, {}) : request;
}
