import type { FastifyInstance } from 'fastify';
import { registerCertificates } from './certificates.ts';
import type { QueryContext } from './context.ts';

/** Registers the routes of all questions (SPEC section 8). */
export function registerQueries(app: FastifyInstance, context: QueryContext): void {
  registerCertificates(app, context);
}
