import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import type { ApiOptions } from '../../../api/http/app.ts';
import { api } from '../../../api/http/app.ts';
import type { AccessKeyOrder, Ledger } from '../../../src/index.ts';
import { fixedClock, openLedger } from '../../../src/index.ts';

/** The API on a real socket, over a ledger in memory. */
export interface Served {
  readonly ledger: Ledger;
  readonly app: FastifyInstance;
  readonly port: number;
  /** The value of `Authorization` of a fresh key. */
  authorization(order: AccessKeyOrder): Promise<string>;
  close(): Promise<void>;
}

/** Serves a fresh ledger. `now` stands still, so that what is refused for a date does not depend on the day. */
export async function serve(options: Partial<ApiOptions> = {}, now = '2026-03-02T09:00:00Z'): Promise<Served> {
  const ledger = await openLedger({ store: 'memory:', clock: fixedClock(now) });
  const app = Fastify();
  await app.register(api, { ledger, ...options });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ledger,
    app,
    port: (app.server.address() as AddressInfo).port,
    authorization: async (order) => `Bearer ${(await ledger.accessKeys.create(order)).key}`,
    async close() {
      await app.close();
      await ledger.close();
    },
  };
}
