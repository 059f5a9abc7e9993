import { lastDayOf, monthOf } from '../../../src/kernel/civil-date.ts';

/** A civil date as a count of days since 1970-01-01: dates of the demo are compared and added to all the time. */
export type Day = number;

const millisecondsPerDay = 86_400_000;

/** Moscow keeps UTC+3 the whole year, so the demo needs no zone database. */
const moscowAheadOfUtc = 3 * 3_600_000;

/** The day of a `YYYY-MM-DD`. */
export function dayOf(date: string): Day {
  return Date.parse(`${date}T00:00:00Z`) / millisecondsPerDay;
}

/** The `YYYY-MM-DD` of a day. */
export function civil(day: Day): string {
  return new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
}

/** 1 for Monday to 7 for Sunday. */
export function weekday(day: Day): number {
  return ((day + 3) % 7) + 1;
}

/** The last day of the month that the day lies in. */
export function lastOfMonth(day: Day): Day {
  return dayOf(lastDayOf(monthOf(civil(day))));
}

/** The whole years someone born on `birthDay` has lived on `day`. */
export function ageOn(birthDay: Day, day: Day): number {
  const birth = civil(birthDay);
  const date = civil(day);
  const years = Number(date.slice(0, 4)) - Number(birth.slice(0, 4));
  return date.slice(5) < birth.slice(5) ? years - 1 : years;
}

/** Every day from the first to the last, both included. */
export function days(first: Day, last: Day): Day[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** Mondays to Fridays from the first day to the last, as the rules know no holiday calendar either. */
export function workingDays(first: Day, last: Day): Day[] {
  return days(first, last).filter((day) => weekday(day) <= 5);
}

/** The instant, in milliseconds, at which clocks in Moscow show that many seconds after midnight of the day. */
export function moscowInstant(day: Day, seconds: number): number {
  return day * millisecondsPerDay + seconds * 1000 - moscowAheadOfUtc;
}

/** The civil day in Moscow at an instant. */
export function moscowDay(instant: number): Day {
  return Math.floor((instant + moscowAheadOfUtc) / millisecondsPerDay);
}

/** The instant as a command file writes it, without the milliseconds that the demo never uses. */
export function utc(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
