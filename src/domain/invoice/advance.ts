import type { CivilDate, CivilMonth } from '../../kernel/civil-date.ts';
import { addDays, daysBetween, earlierOf, firstDayOf, lastDayOf, secondWorkingDayOf } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import type { Kopecks } from '../../kernel/money.ts';
import { percentageRoundedDown, proportion } from '../../kernel/money.ts';

/** No more than 80 % of an obligation is advanced (SPEC section 6). */
export const LARGEST_PERCENT = 80;

/** What planning needs of a contract; `end` is the earliest of its until, termination and closing. */
export interface PlannedContract {
  readonly contractId: string;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly end: CivilDate;
  readonly lessons: number;
  readonly share: Kopecks;
}

/** Refuses a percent that is no part of the obligation or more than 80 % of it (SPEC section 6). */
export function refusePercent(percent: number): void {
  if (percent < 1 || percent > LARGEST_PERCENT) {
    refuse('advance.percent_out_of_range', `${percent} % is not between 1 % and ${LARGEST_PERCENT} %`);
  }
}

/** Refuses a request before the month's second working day (SPEC section 6). */
export function refuseEarlyAdvance(month: CivilMonth, on: CivilDate): void {
  const earliest = secondWorkingDayOf(month);
  if (on < earliest) refuse('advance.too_early', `${on} lies before ${earliest}, the second working day of ${month}`);
}

/** The lessons planned in a month: N spread evenly over the days of the term, cumulative, half-up (SPEC section 6). */
export function plannedLessons(contract: PlannedContract, month: CivilMonth): number {
  return Math.max(0, plannedUpTo(lastOf(contract, month), contract) - plannedUpTo(dayBefore(month), contract));
}

/** The charge planned in a month: half-up of share × cumulative planned lessons / N, less the same up to the month. */
export function plannedCharge(contract: PlannedContract, month: CivilMonth): Kopecks {
  const { share, lessons } = contract;
  const through = proportion(share, plannedUpTo(lastOf(contract, month), contract), lessons);
  return Math.max(0, through - proportion(share, plannedUpTo(dayBefore(month), contract), lessons));
}

/** The advance on one contract, rounded down so that the document never passes its percent of the obligation. */
export function advanceOn(contract: PlannedContract, month: CivilMonth, percent: number): Kopecks {
  return percentageRoundedDown(plannedCharge(contract, month), percent);
}

function plannedUpTo(day: CivilDate, { from, until, lessons }: PlannedContract): number {
  if (day < from) return 0;
  return proportion(lessons, daysBetween(from, earlierOf(day, until)) + 1, daysBetween(from, until) + 1);
}

function lastOf({ end }: PlannedContract, month: CivilMonth): CivilDate {
  return earlierOf(lastDayOf(month), end);
}

function dayBefore(month: CivilMonth): CivilDate {
  return addDays(firstDayOf(month), -1);
}
