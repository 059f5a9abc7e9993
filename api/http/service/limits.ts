import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../../settings.ts';
import { RequestError } from '../request-error.ts';

/**
 * Counts a request of a caller, known or not, and refuses it with `request.rate_limited` where there were too many; at
 * once, or when the promise it answers is settled.
 */
export type CallerLimit = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> | undefined;

const ONE_SECOND = 1_000;
/** How many callers are counted at a time. */
const CALLERS = 10_000;

/** The limit of requests a second: of each key, and of all unknown callers at one address together. */
export async function callerLimit(
  app: FastifyInstance,
  { RATE_LIMIT, RATE_LIMIT_UNKNOWN }: Pick<Settings, 'RATE_LIMIT' | 'RATE_LIMIT_UNKNOWN'>,
): Promise<CallerLimit> {
  await app.register(rateLimit, {
    global: false,
    timeWindow: ONE_SECOND,
    addHeaders: UNTOLD,
    addHeadersOnExceeding: UNTOLD,
  });
  const known = limiterOf(app, RATE_LIMIT, ({ principal }) => principal?.by ?? '');
  const unknown = limiterOf(app, RATE_LIMIT_UNKNOWN, ({ ip }) => ip);
  return (request, reply) => (request.principal === undefined ? unknown : known)(request, reply);
}

function limiterOf(app: FastifyInstance, max: number, keyGenerator: (request: FastifyRequest) => string): CallerLimit {
  if (max === 0) return () => undefined;
  // As the library counts for a route, which costs half as much as to ask it for the count.
  const count = app.rateLimit({
    max,
    keyGenerator,
    cache: CALLERS,
    errorResponseBuilder: () => new RequestError('request.rate_limited', `more than ${max} requests within a second`),
  });
  return (request, reply) => count.call(app, request, reply);
}

/** Nobody is told how many requests are left; whoever has sent too many is told when to come again. */
const UNTOLD = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };

/**
 * Answers 408 to whoever takes too long over a body. JSON Lines are left out: their length is nobody's to foresee, and a
 * sender that falls silent is noticed by the time limit of the connection.
 */
export function limitSlowBodies(app: FastifyInstance, { REQUEST_TIMEOUT }: Pick<Settings, 'REQUEST_TIMEOUT'>): void {
  let begun: { readonly request: FastifyRequest; readonly reply: FastifyReply }[] = [];
  const limitRest = () => {
    const those = begun;
    begun = [];
    for (const { request, reply } of those) if (!request.raw.complete) limitBody(request, reply, REQUEST_TIMEOUT);
  };
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { headers } = request;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (hasBody && headers['content-type']?.startsWith('application/x-ndjson') !== true) {
      // Nearly every body comes with its headers, so a timer is set for those that are not there by the next turn.
      if (begun.length === 0) setImmediate(limitRest);
      begun.push({ request, reply });
    }
    done(null, payload);
  });
}

function limitBody({ raw }: FastifyRequest, reply: FastifyReply, seconds: number): void {
  const timer = setTimeout(() => {
    reply.header('Connection', 'close');
    reply.send(new RequestError('request.timeout', `the body did not come within ${seconds} seconds`));
  }, seconds * 1000);
  const stop = () => clearTimeout(timer);
  raw.once('end', stop).once('close', stop);
}
