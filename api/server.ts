import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../src/index.ts';
import { LedgerError, openLedger, systemClock } from '../src/index.ts';
import { given } from '../src/kernel/given.ts';
import type { Authenticator } from './http/access/principal.ts';
import { tokenAuthenticator } from './http/access/token-authenticator.ts';
import { bufferedLines } from './http/service/log-lines.ts';
import { Metrics } from './http/service/metrics.ts';
import type { ServiceOptions } from './http/service.ts';
import { service } from './http/service.ts';
import { keepOneTick } from './lasting-tick.ts';
import type { NamedLedger } from './ledger-options.ts';
import { ledgerOptions } from './ledger-options.ts';
import type { Settings } from './settings.ts';
import { isLoopback, settingsOf } from './settings.ts';
import { StopSignal } from './stop-signal.ts';

/**
 * Serves a ledger over HTTP as the environment says, until a signal stops it: requests on their way are finished, then
 * the ledger is closed. Errors: `query.invalid` for a wrong setting or an address that cannot be listened on, and those
 * of opening a ledger.
 */
export async function serve(environment: NodeJS.ProcessEnv, named: NamedLedger = {}): Promise<void> {
  keepOneTick();
  const settings = settingsOf(environment);
  // Whoever sees it listen may already stop it.
  const stopSignal = new StopSignal();
  try {
    const metrics = new Metrics();
    const ledger = await openLedger({ ...ledgerOptions(named, environment, false), observer: metrics });
    try {
      const authenticators = authenticatorsOf(settings);
      const logStream = bufferedLines(process.stdout);
      await serveUntil(stopSignal, { ledger, settings, metrics, authenticators, logStream });
    } finally {
      await ledger.close();
    }
  } finally {
    stopSignal.release();
  }
}

async function serveUntil(stopSignal: StopSignal, options: ServiceOptions): Promise<void> {
  const { ledger, settings } = options;
  const isKnown = await hasCallers(ledger, settings);
  const app = await service(options);
  if (!isKnown) app.log.warn(WITHOUT_KEYS);
  await listen(app, settings);
  const signal = await stopSignal.came;
  app.log.info({ signal }, 'stopping: requests on their way are finished');
  await stop(app, settings);
}

/** How often connections that have become idle are closed while the server stops, in milliseconds. */
const SWEEP_PAUSE = 25;
const WITHOUT_KEYS =
  'there is no access key yet, so only this machine can reach the server, and nobody is let in: stop it, make a key with `certificate-ledger keys create --role operator` (npm run -s ledger -- keys create --role operator), and start it again';

/** Whether anybody can be let in at all; without that, nobody but this machine may even connect. */
async function hasCallers(ledger: Ledger, { HOST, JWKS_URL }: Settings): Promise<boolean> {
  const keys = await ledger.accessKeys.all();
  if (JWKS_URL !== undefined || keys.some(({ revokedOn }) => revokedOn === undefined)) return true;
  if (isLoopback(HOST)) return false;
  throw new LedgerError(
    'query.invalid',
    `HOST: ${HOST} can be reached from other machines, and there is no access key yet and no JWKS_URL; make a key with keys create --role operator, or listen on 127.0.0.1`,
  );
}

/** Who is known besides the owners of access keys. */
function authenticatorsOf({ JWKS_URL, JWT_ISSUER, JWT_AUDIENCE }: Settings): readonly Authenticator[] {
  if (JWKS_URL === undefined) return [];
  const expected = given({ issuer: JWT_ISSUER, audience: JWT_AUDIENCE });
  return [tokenAuthenticator({ jwksUrl: new URL(JWKS_URL), clock: systemClock, ...expected })];
}

async function listen(app: FastifyInstance, { HOST, PORT }: Settings): Promise<void> {
  try {
    await app.listen({ host: HOST, port: PORT, listenTextResolver: (address) => `listening on ${address}` });
  } catch (error) {
    await app.close();
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new LedgerError('query.invalid', `HOST, PORT: ${HOST}:${PORT} cannot be listened on: ${error.message}`, {
      cause: error,
    });
  }
}

async function stop(app: FastifyInstance, { SHUTDOWN_TIMEOUT }: Settings): Promise<void> {
  const timer = setTimeout(() => {
    app.log.warn(`requests were still on their way after ${SHUTDOWN_TIMEOUT} seconds; their connections are cut`);
    app.server.closeAllConnections();
  }, SHUTDOWN_TIMEOUT * 1000);
  // A connection that was busy when the stop began is kept open for another request unless somebody looks again.
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_PAUSE);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
    clearInterval(sweep);
  }
  app.log.info('stopped');
}
