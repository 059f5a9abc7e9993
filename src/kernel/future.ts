import type { CivilDate } from './civil-date.ts';
import { refuse } from './errors.ts';

/** Refuses a date that cannot have come yet. Checked last, after every other rule (SPEC sections 2 and 11). */
export function refuseFutureDate(field: string, date: CivilDate, { today }: { readonly today: CivilDate }): void {
  if (date > today) refuse('date.in_future', `${field} ${date} lies after today, ${today}`);
}
