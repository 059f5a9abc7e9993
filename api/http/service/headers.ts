import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import type { Settings } from '../../settings.ts';
import { POSITION } from '../position.ts';
import { REQUEST_ID } from './request-id.ts';

/** For how many seconds a browser remembers what it may send. */
const PREFLIGHT_REMEMBERED = 600;

/** The headers every answer carries: nothing of an API is ever to be shown, framed, kept or run by a browser. */
export async function answerHeaders(app: FastifyInstance): Promise<void> {
  const always = { ...(await helmetHeaders()), 'cache-control': 'no-store' };
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(always).header(REQUEST_ID, request.id);
    done();
  });
}

/** Those that helmet sets. They are the same for every answer, so it is asked once; to ask it each time costs a tenth. */
async function helmetHeaders(): Promise<Record<string, string>> {
  const nothing = { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] };
  const asked = Fastify();
  await asked.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: nothing },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // What only old browsers and pages of other kinds look at.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  asked.get('/', (_request, reply) => reply.send());
  const { headers } = await asked.inject('/');
  await asked.close();
  const { 'content-length': _length, date: _date, connection: _connection, ...own } = headers;
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)]));
}

const CONDITIONS = ['If-Match', 'If-None-Match'];

/** Lets pages of the configured origins use the API from a browser; without any, no page may. */
export async function allowOrigins(
  app: FastifyInstance,
  { CORS_ORIGINS }: Pick<Settings, 'CORS_ORIGINS'>,
): Promise<void> {
  if (CORS_ORIGINS.length === 0) return;
  await app.register(cors, {
    origin: CORS_ORIGINS.includes('*') ? '*' : CORS_ORIGINS,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      ...CONDITIONS,
      'Idempotency-Key',
      'Last-Event-ID',
      POSITION,
      REQUEST_ID,
    ],
    exposedHeaders: ['Content-Disposition', 'ETag', 'Idempotency-Replayed', POSITION, 'Retry-After', REQUEST_ID],
    maxAge: PREFLIGHT_REMEMBERED,
  });
}
