import type { Request, Result } from 'autocannon';
import autocannon from 'autocannon';
import { lesson } from './town.ts';

/** What one run of a load has measured. */
export interface Load {
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly request: Request;
}

/** Sends one kind of request over so many connections; each sends its next one when it is answered. */
export async function load({ url, connections, seconds, request }: LoadOptions): Promise<Load> {
  const result: Result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [request],
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0)
    throw new Error(`${failed} of ${result.requests.total} requests of ${request.path} were not answered`);
  const { p50, p99 } = result.latency;
  return { rate: result.requests.total / result.duration, p50, p99 };
}

/** Lessons of one entry each, going round the contracts; every one is new. */
export class Lessons {
  readonly #certificates: number;
  #next = 0;

  constructor(certificates: number) {
    this.#certificates = certificates;
  }

  /** `POST /lessons` with the key of the provider. */
  request(key: string): Request {
    const setupRequest = (request: Request): Request => {
      const number = this.#next;
      this.#next += 1;
      const { command: _, id, ...body } = lesson(number, [number % this.#certificates]);
      const headers = { ...request.headers, 'idempotency-key': id };
      return { ...request, headers, body: JSON.stringify(body) };
    };
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    return { method: 'POST', path: '/lessons', headers, setupRequest };
  }
}

/** `GET /certificates/{id}/balance` of one certificate after another, with the key of the payer. */
export function balances(key: string, certificates: number): Request {
  let next = 0;
  const setupRequest = (request: Request): Request => {
    next = (next + 1) % certificates;
    return { ...request, path: `/certificates/certificate-${String(next).padStart(6, '0')}/balance` };
  };
  return { method: 'GET', headers: { authorization: `Bearer ${key}` }, setupRequest };
}
