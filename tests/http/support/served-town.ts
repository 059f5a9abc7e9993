import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Metrics } from '../../../api/http/service/metrics.ts';
import { service } from '../../../api/http/service.ts';
import { settingsOf } from '../../../api/settings.ts';
import type { AccessKeyOrder, Ledger } from '../../../src/index.ts';
import { fixedClock, openLedger } from '../../../src/index.ts';
import { townCommands } from './town-commands.ts';

/** The whole service on a real socket, over a town in memory. */
export interface ServedTown {
  readonly ledger: Ledger;
  readonly app: FastifyInstance;
  readonly port: number;
  /** The values of `Authorization` of an operator and others. */
  readonly keys: Readonly<Record<'operator' | 'payer' | 'provider' | 'auditor', string>>;
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
  const app = await service({ ledger, settings, metrics, logStream });
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
    errors,
    async close() {
      await app.close();
      await ledger.close();
    },
  };
}
