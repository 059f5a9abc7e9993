import type { CivilDate } from '../../src/kernel/civil-date.ts';
import { isCivilDate, isCivilMonth } from '../../src/kernel/civil-date.ts';
import { LedgerError } from '../../src/kernel/errors.ts';
import type { Instant } from '../../src/kernel/instant.ts';
import { civilDateAt } from '../../src/kernel/instant.ts';

/** The day a question is judged on: the one that was asked for, or the clock's civil date in the zone. */
export function dayAskedFor(on: CivilDate | undefined, now: Instant, zone: string): CivilDate {
  if (on === undefined) return civilDateAt(now, zone);
  if (!isCivilDate(on)) throw new LedgerError('query.invalid', `on ${JSON.stringify(on)} is no date YYYY-MM-DD`);
  return on;
}

/** Refuses what is no month. */
export function refuseOtherThanMonth(month: string): void {
  if (isCivilMonth(month)) return;
  throw new LedgerError('query.invalid', `month ${JSON.stringify(month)} is no month YYYY-MM`);
}
