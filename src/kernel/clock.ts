import type { Instant } from './instant.ts';
import { instantAt } from './instant.ts';

/** Where "now" comes from. Nothing in the ledger asks the machine for the time by itself. */
export interface Clock {
  now(): Instant;
}

/** The zone in which dates are judged where no payer is involved (SPEC section 2). */
export const DEFAULT_ZONE = 'Europe/Moscow';

/** The clock of the machine. */
export const systemClock: Clock = { now: () => instantAt(Date.now()) };

/** A clock that stands still; for tests and for replaying history. */
export function fixedClock(instant: Instant): Clock {
  return { now: () => instant };
}
