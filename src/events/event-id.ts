import { randomUUID } from 'node:crypto';

/** The last two digits of an id, by the number they write. */
const LAST_DIGITS = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'));

let digitsBefore = '';
let next = LAST_DIGITS.length;

/**
 * An id for an event: a UUID of the form of version 4 that no other event has. All digits but the last two are drawn by
 * chance and serve for 256 ids, which the last two count; a draw for each costs more than all else that is done with it. No
 * two draws, of one process or of two, agree in the 114 bits that are left to chance.
 */
export function newEventId(): string {
  if (next === LAST_DIGITS.length) {
    digitsBefore = randomUUID().slice(0, -2);
    next = 0;
  }
  const id = digitsBefore + LAST_DIGITS[next];
  next += 1;
  return id;
}
