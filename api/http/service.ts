import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import type { Ledger } from '../../src/index.ts';
import type { Settings } from '../settings.ts';
import { keyAuthenticator } from './access/key-authenticator.ts';
import type { Authenticator } from './access/principal.ts';
import { api } from './app.ts';
import { answerProblem } from './problem.ts';
import { routerOptions } from './router-options.ts';
import { answerTogether } from './service/answers-together.ts';
import { answerBrokenRequest } from './service/broken-requests.ts';
import { foldInBackground } from './service/folding.ts';
import { allowOrigins, answerHeaders } from './service/headers.ts';
import { registerHealth } from './service/health.ts';
import { callerLimit, limitSlowBodies } from './service/limits.ts';
import type { LogStream } from './service/logging.ts';
import { AnswerLog, loggerOptions } from './service/logging.ts';
import type { Metrics } from './service/metrics.ts';
import { REQUEST_ID, requestIdOf } from './service/request-id.ts';
import { RequestLog } from './service/request-log.ts';
import { cutSilentConnections } from './service/silent-connections.ts';
import { traceRequests } from './service/tracing.ts';

/** What a server of the ledger's own is put together from. */
export interface ServiceOptions {
  readonly ledger: Ledger;
  readonly settings: Settings;
  /** The observer the ledger was opened with. */
  readonly metrics: Metrics;
  /** Who is known besides the owners of access keys. */
  readonly authenticators?: readonly Authenticator[];
  readonly logStream: LogStream;
}

/** A connection on which nothing moves for so many milliseconds is cut, unless the settings allow a longer silence. */
const SILENCE = 120_000;

/** The HTTP API with all a service needs around it: limits, headers, logs, health, metrics, traces. Does not listen. */
export async function service({
  ledger,
  settings,
  metrics,
  authenticators = [],
  logStream,
}: ServiceOptions): Promise<FastifyInstance> {
  const app = serverOf(settings, logStream);
  app.decorateRequest('principal', undefined);
  app.setErrorHandler(answerProblem);
  traceRequests(app);
  answerTogether(app);
  await answerHeaders(app);
  await allowOrigins(app, settings);
  const limit = await callerLimit(app, settings);
  limitSlowBodies(app, settings);
  metrics.watch(app, ledger);
  metrics.register(app, {
    ...settings,
    limit,
    authenticators: [keyAuthenticator(ledger.accessKeys), ...authenticators],
  });
  registerHealth(app, { ...settings, ledger });
  foldInBackground(app, ledger);
  await app.register(api, { ledger, authenticators, limit });
  return app;
}

function serverOf(settings: Settings, logStream: LogStream): FastifyInstance {
  const { BODY_LIMIT, REQUEST_TIMEOUT, KEEP_ALIVE_TIMEOUT, TRUST_PROXY } = settings;
  const app = Fastify({
    logger: loggerOptions(settings, logStream),
    logController: new AnswerLog(),
    childLoggerFactory: (logger, bindings, options) => new RequestLog(logger, bindings, options),
    genReqId: requestIdOf,
    routerOptions,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: 1_000 * KEEP_ALIVE_TIMEOUT,
    trustProxy: TRUST_PROXY.length === 0 ? false : TRUST_PROXY,
    // Those who are connected when it stops are answered; their connections are closed after that.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      reply.header(REQUEST_ID, request.id);
      answerProblem(error, request, reply);
    },
    http: {
      headersTimeout: 1_000 * REQUEST_TIMEOUT,
      connectionsCheckingInterval: 1_000,
      // Node would answer with an empty body; the app says what is missing.
      requireHostHeader: false,
    },
  });
  cutSilentConnections(app, Math.max(SILENCE, 4_000 * REQUEST_TIMEOUT));
  // What somebody expects besides 100-continue may be passed over (RFC 9110, 10.1.1); Node would answer 417 without a body.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  return app;
}
