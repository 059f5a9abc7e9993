import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The header that names a request, in both directions. */
export const REQUEST_ID = 'x-request-id';

/** Short, and harmless in a log, a header and a page. */
const HARMLESS = /^[\w.:-]{1,64}$/;

/** The caller's own name of the request where it may be taken over, otherwise a fresh one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[REQUEST_ID];
  return typeof given === 'string' && HARMLESS.test(given) ? given : freshId();
}

const UUID_LENGTH = 36;
const MADE_AT_ONCE = 128;

/** Fresh ids one after another in one text. Node puts an id together from many pieces, and each use would pay for them. */
let made = '';
let taken = 0;

function freshId(): string {
  if (taken === made.length) {
    made = Array.from({ length: MADE_AT_ONCE }, () => randomUUID()).join('');
    taken = 0;
  }
  taken += UUID_LENGTH;
  return made.slice(taken - UUID_LENGTH, taken);
}
