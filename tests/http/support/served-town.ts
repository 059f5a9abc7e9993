import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Principal } from '../../../api/http/access/principal.ts';
import { Metrics } from '../../../api/http/service/metrics.ts';
import { service } from '../../../api/http/service.ts';
import { settingsOf } from '../../../api/settings.ts';
import type { AccessKeyOrder, Ledger } from '../../../src/index.ts';
import { fixedClock, openLedger } from '../../../src/index.ts';
import type { RegisteredRoute } from './open-town.ts';
import { townCommands } from './town-commands.ts';

/** The whole service on a real socket, over a town in memory. */
export interface ServedTown {
  readonly ledger: Ledger;
  readonly app: FastifyInstance;
  readonly port: number;
  /** The values of `Authorization` of an operator and others. */
  readonly keys: Readonly<Record<'operator' | 'payer' | 'provider' | 'auditor', string>>;
  /** Whose they are. */
  readonly principals: Readonly<Record<string, Principal>>;
  /** Every route the service has registered. */
  readonly routes: readonly RegisteredRoute[];
  /** What the server has written to its log at the level of an error. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

const ORDERS = {
  operator: { role: 'operator' },
  payer: { role: 'payer', payerId: 'uo' },
  provider: { role: 'provider', providerId: 'cdt' },
  auditor: { role: 'auditor', payerId: 'uo' },
} as const satisfies Record<string, AccessKeyOrder>;

/** Serves a town as it stands on 10 March 2026, with the settings of an environment. */
export async function serveTown(environment: NodeJS.ProcessEnv = {}): Promise<ServedTown> {
  const metrics = new Metrics();
  const errors: string[] = [];
  const ledger = await openLedger({ store: 'memory:', observer: metrics, clock: fixedClock('2026-03-10T09:00:00Z') });
  let sent = 0;
  for (const command of townCommands()) {
    sent += 1;
    await ledger.executeUnknown({ ...command, id: `town-${sent}` }, { durable: false });
  }
  const settings = settingsOf({ LOG_LEVEL: 'error', RATE_LIMIT: '0', RATE_LIMIT_UNKNOWN: '0', ...environment });
  const logStream = { write: (line: string) => void errors.push(line) };
  const { app, routes } = await watched(() => service({ ledger, settings, metrics, logStream }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const keyOf = async (order: AccessKeyOrder) => `Bearer ${(await ledger.accessKeys.create(order)).key}`;
  return {
    ledger,
    app,
    port: (app.server.address() as AddressInfo).port,
    keys: {
      operator: await keyOf(ORDERS.operator),
      payer: await keyOf(ORDERS.payer),
      provider: await keyOf(ORDERS.provider),
      auditor: await keyOf(ORDERS.auditor),
    },
    principals: Object.fromEntries(Object.entries(ORDERS).map(([name, order]) => [name, { ...order, by: '' }])),
    routes,
    errors,
    async close() {
      await app.close();
      await ledger.close();
    },
  };
}

/** Builds an app and notes the routes it registers; Fastify announces every instance before it has any. */
async function watched(build: () => Promise<FastifyInstance>) {
  const routes: RegisteredRoute[] = [];
  const note = (message: unknown) => {
    (message as { readonly fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) routes.push({ method: one, url });
    });
  };
  subscribe('fastify.initialization', note);
  const app = await build();
  unsubscribe('fastify.initialization', note);
  return { app, routes };
}
