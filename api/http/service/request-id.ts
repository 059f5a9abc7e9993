import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The header that names a request, in both directions. */
export const REQUEST_ID = 'x-request-id';

/** Short, and harmless in a log, a header and a page. */
const HARMLESS = /^[\w.:-]{1,64}$/;

/** The caller's own name of the request where it may be taken over, otherwise a fresh one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[REQUEST_ID];
  return typeof given === 'string' && HARMLESS.test(given) ? given : randomUUID();
}
