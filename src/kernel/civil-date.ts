import { UTCDate } from '@date-fns/utc';
// One file each: the whole library is hundreds of files, and loading them took longer than most calls of the command line.
import { addDays as addDaysTo } from 'date-fns/addDays';
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';
import { endOfMonth } from 'date-fns/endOfMonth';
import { isWeekend } from 'date-fns/isWeekend';

/** A civil date `YYYY-MM-DD` without a zone. Such texts compare as dates (SPEC section 2). */
export type CivilDate = string;

/** A civil month `YYYY-MM`. Such texts compare as months. */
export type CivilMonth = string;

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Whether the text is a date of the calendar, from year 0001 on. */
export function isCivilDate(text: string): boolean {
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return false;
  const year = digitsOf(text, 0, 4);
  return year > 0 && isDayOf(year, digitsOf(text, 5, 7), digitsOf(text, 8, 10));
}

/** Whether the text is a month `YYYY-MM`, from year 0001 on. */
export function isCivilMonth(text: string): boolean {
  return MONTH.test(text) && !text.startsWith('0000');
}

/** The date `days` after (or, when negative, before) the given one. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return toCivilDate(addDaysTo(toDate(date), days));
}

/** How many days lie between two dates: 0 for the same day, negative when `until` lies before `from`. */
export function daysBetween(from: CivilDate, until: CivilDate): number {
  return differenceInCalendarDays(toDate(until), toDate(from));
}

/** The month a date lies in. */
export function monthOf(date: CivilDate): CivilMonth {
  return date.slice(0, 7);
}

/** The year a date lies in, as its four digits. */
export function yearOf(date: CivilDate): string {
  return date.slice(0, 4);
}

/** The first day of a month. */
export function firstDayOf(month: CivilMonth): CivilDate {
  return `${month}-01`;
}

/** The last day of a month. */
export function lastDayOf(month: CivilMonth): CivilDate {
  return toCivilDate(endOfMonth(toDate(firstDayOf(month))));
}

/**
 * The birthday on which somebody born on `birthDate` completes `years` years.
 * Who is born on 29 February is a year older on 1 March of a common year (SPEC section 2).
 */
export function birthday(birthDate: CivilDate, years: number): CivilDate {
  const year = String(Number(yearOf(birthDate)) + years).padStart(4, '0');
  const date = year + birthDate.slice(4);
  return isCivilDate(date) ? date : `${year}-03-01`;
}

/** The second of a month's working days, Monday to Friday, without a holiday calendar (SPEC section 2). */
export function secondWorkingDayOf(month: CivilMonth): CivilDate {
  let date = firstDayOf(month);
  for (let seen = 0; ; date = addDays(date, 1)) {
    if (!isWeekend(toDate(date))) seen += 1;
    if (seen === 2) return date;
  }
}

/** The earlier of two dates. */
export function earlierOf(a: CivilDate, b: CivilDate): CivilDate {
  return a < b ? a : b;
}

/** The later of two dates. */
export function laterOf(a: CivilDate, b: CivilDate): CivilDate {
  return a > b ? a : b;
}

/** The number that a part of the text writes in digits; -1 where there is anything else. */
function digitsOf(text: string, from: number, to: number): number {
  let number = 0;
  for (let index = from; index < to; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = 10 * number + digit;
  }
  return number;
}

/** Every command names a date, so this is arithmetic and makes neither a date object nor the parts of a match. */
function isDayOf(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  if (month === 2) return day <= (isLeap(year) ? 29 : 28);
  return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function toDate(date: CivilDate): Date {
  return new UTCDate(`${date}T00:00:00Z`);
}

function toCivilDate(date: Date): CivilDate {
  return date.toISOString().slice(0, 10);
}
