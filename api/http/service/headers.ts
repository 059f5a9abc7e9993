import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../../settings.ts';
import { REQUEST_ID } from './request-id.ts';

/** For how many seconds a browser remembers what it may send. */
const PREFLIGHT_REMEMBERED = 600;

/** The headers every answer carries: nothing of an API is ever to be shown, framed or run by a browser. */
export async function answerHeaders(app: FastifyInstance): Promise<void> {
  const nothing = { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] };
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: nothing },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onRequest', (request, reply, done) => {
    // What an answer says of money and children is kept by no cache on its way; a route may say otherwise.
    reply.header(REQUEST_ID, request.id).header('Cache-Control', 'no-store');
    done();
  });
}

/** Lets pages of the configured origins use the API from a browser; without any, no page may. */
export async function allowOrigins(
  app: FastifyInstance,
  { CORS_ORIGINS }: Pick<Settings, 'CORS_ORIGINS'>,
): Promise<void> {
  if (CORS_ORIGINS.length === 0) return;
  await app.register(cors, {
    origin: CORS_ORIGINS.includes('*') ? '*' : CORS_ORIGINS,
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'Last-Event-ID', REQUEST_ID],
    exposedHeaders: ['ETag', 'Idempotency-Replayed', 'Retry-After', REQUEST_ID],
    maxAge: PREFLIGHT_REMEMBERED,
  });
}
