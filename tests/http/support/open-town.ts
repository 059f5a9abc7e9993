import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import Fastify from 'fastify';
import type { ApiOptions } from '../../../api/http/app.ts';
import { api } from '../../../api/http/app.ts';
import { routerOptions } from '../../../api/http/router-options.ts';
import type { AccessKeyOrder, Clock, Ledger } from '../../../src/index.ts';
import { openLedger } from '../../../src/index.ts';
import { townCommands } from './town-commands.ts';

/** The keys of a town by their ids, one of every role and scope. `revoked` was an operator's. */
const orders = {
  operator: { role: 'operator' },
  'payer-uo': { role: 'payer', payerId: 'uo' },
  'payer-dp': { role: 'payer', payerId: 'dp' },
  'provider-cdt': { role: 'provider', providerId: 'cdt' },
  'provider-kub': { role: 'provider', providerId: 'kub' },
  'auditor-uo': { role: 'auditor', payerId: 'uo' },
  'auditor-dp': { role: 'auditor', payerId: 'dp' },
  revoked: { role: 'operator' },
} as const satisfies Record<string, AccessKeyOrder>;

/** The id of a key in a town, which is also how its owner is called in tests. */
export type Sender = keyof typeof orders;

/** Everybody who has a key. */
export const senders = Object.keys(orders) as readonly Sender[];

/** How a request is sent; `as` is an operator where it is left out, and `nobody` sends without a key. */
export interface Sending {
  readonly as?: Sender | 'nobody';
  /** The idempotency key; a fresh one where it is left out, and none where it is `null`. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route as it was registered: `POST`, `/payers/:payerId/details`. */
export interface RegisteredRoute {
  readonly method: string;
  readonly url: string;
}

/** A ledger in memory with its app, a town and keys. */
export interface Town {
  readonly ledger: Ledger;
  readonly app: FastifyInstance;
  /** Stands still until it is set. */
  readonly clock: { instant: string };
  /** Every route the app has registered. */
  readonly routes: readonly RegisteredRoute[];
  /** The keys, secret by name. */
  readonly keys: Readonly<Record<Sender, string>>;
  /** Sends a body; text is sent as it is. */
  post(url: string, body: unknown, sending?: Sending): Promise<LightMyRequestResponse>;
  get(url: string, sending?: Omit<Sending, 'key'>): Promise<LightMyRequestResponse>;
  /** Sends any other method, without a body. */
  send(method: string, url: string, sending?: Omit<Sending, 'key'>): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/** Opens a town as it stands on 10 March 2026, or an empty ledger with the same keys. */
export async function openTown(
  options: Omit<ApiOptions, 'ledger'> & { readonly empty?: boolean; readonly now?: string } = {},
): Promise<Town> {
  const { empty = false, now = '2026-03-10T09:00:00Z', ...apiOptions } = options;
  const clock = { instant: now };
  const ledger = await openLedger({ store: 'memory:', clock: movable(clock) });
  let sent = 0;
  for (const command of empty ? [] : townCommands()) {
    sent += 1;
    await ledger.executeUnknown({ ...command, id: `town-${sent}` }, { durable: false });
  }
  const keys = await keysOf(ledger);
  const app = Fastify({ routerOptions });
  const routes: RegisteredRoute[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
  await app.register(api, { ledger, ...apiOptions });
  await app.ready();
  const inject = ({ as = 'operator', headers = {} }: Sending, request: InjectOptions) => {
    const authorization = as === 'nobody' ? {} : { authorization: `Bearer ${keys[as]}` };
    return app.inject({ ...request, headers: { ...authorization, ...headers } });
  };
  return {
    ledger,
    app,
    clock,
    routes,
    keys,
    post(url, body, sending = {}) {
      sent += 1;
      const { key = `request-${sent}`, headers = {} } = sending;
      const idempotency = key === null ? {} : { 'idempotency-key': key };
      const payload = typeof body === 'string' ? body : JSON.stringify(body);
      const all = { 'content-type': 'application/json', ...idempotency, ...headers };
      return inject({ ...sending, headers: all }, { method: 'POST', url, payload });
    },
    get: (url, sending = {}) => inject(sending, { method: 'GET', url }),
    send: (method, url, sending = {}) => inject(sending, { method: method as 'DELETE', url }),
    async close() {
      await app.close();
      await ledger.close();
    },
  };
}

function movable(clock: { readonly instant: string }): Clock {
  return { now: () => clock.instant };
}

async function keysOf(ledger: Ledger): Promise<Record<Sender, string>> {
  const keys: Partial<Record<Sender, string>> = {};
  for (const keyId of senders) {
    keys[keyId] = (await ledger.accessKeys.create({ keyId, ...orders[keyId] })).key;
  }
  await ledger.accessKeys.revoke('revoked');
  return keys as Record<Sender, string>;
}
