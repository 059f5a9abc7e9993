import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Ledger, LedgerObserver } from '../../../src/index.ts';
import type { Settings } from '../../settings.ts';
import { principalOf } from '../access/authenticate.ts';
import type { Authenticator, Principal } from '../access/principal.ts';
import { RequestError } from '../request-error.ts';
import type { CallerLimit } from './limits.ts';

const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** What is counted of a running server, in a registry of its own. */
export class Metrics implements LedgerObserver {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'ledger_http_request_duration_seconds',
    help: 'Requests by route, method and status, and how long they took',
    labelNames: ['route', 'method', 'status'],
    buckets: DURATIONS,
    registers: [this.#registry],
  });
  readonly #appends = this.#counter('ledger_appends_total', 'Appends that became durable');
  readonly #events = this.#counter('ledger_events_total', 'Events that became durable');
  readonly #conflicts = this.#counter('ledger_conflicts_total', 'Appends that somebody else was faster than');
  readonly #groups = new Histogram({
    name: 'ledger_commit_appends',
    help: 'Appends that shared one commit',
    buckets: GROUP_SIZES,
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  committed({ appends, events }: { readonly appends: number; readonly events: number }): void {
    this.#appends.inc(appends);
    this.#events.inc(events);
    this.#groups.observe(appends);
  }

  conflicted(): void {
    this.#conflicts.inc();
  }

  /** Counts every request of an app, and tells how far the read models of its ledger lag behind. */
  watch(app: FastifyInstance, ledger: Ledger): void {
    app.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
      // What leads nowhere has no route; its addresses are the callers' own inventions.
      const labels = { route: routeOptions.url ?? 'none', method, status: reply.statusCode };
      this.#requests.observe(labels, reply.elapsedTime / 1000);
      done();
    });
    const lag: Gauge = new Gauge({
      name: 'ledger_projection_lag_events',
      help: 'Events that the read models have not folded yet',
      registers: [this.#registry],
      collect: async (): Promise<void> => lag.set(await ledger.eventsBehind()),
    });
  }

  /** `/metrics`, for an operator and for whoever brings the token made for this alone. */
  register(
    app: FastifyInstance,
    {
      authenticators,
      limit,
      METRICS_TOKEN,
    }: { readonly authenticators: readonly Authenticator[]; readonly limit: CallerLimit } & Pick<
      Settings,
      'METRICS_TOKEN'
    >,
  ): void {
    app.get('/metrics', async (request, reply) => {
      if (!isToken(request.headers.authorization, METRICS_TOKEN)) {
        const { role } = await counted(request, reply, { authenticators, limit });
        if (role !== 'operator') throw new RequestError('access.denied', `the role ${role} may not read the metrics`);
      }
      return reply.type(this.#registry.contentType).send(await this.#registry.metrics());
    });
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.#registry] });
  }
}

/** Whoever asks, counted as everywhere else: to find out who it is may cost more than the metrics do. */
async function counted(
  request: FastifyRequest,
  reply: FastifyReply,
  { authenticators, limit }: { readonly authenticators: readonly Authenticator[]; readonly limit: CallerLimit },
): Promise<Principal> {
  try {
    request.principal = await principalOf(request, authenticators);
    return request.principal;
  } finally {
    await limit(request, reply);
  }
}

function isToken(authorization: string | undefined, token: string | undefined): boolean {
  if (authorization === undefined || token === undefined) return false;
  // Digests are of one length, so that the comparison takes as long whatever was brought.
  return timingSafeEqual(digestOf(authorization), digestOf(`Bearer ${token}`));
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
