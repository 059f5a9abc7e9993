/** Civil dates are ISO strings, so that `<` compares them; instants are nanoseconds since 1970 as BigInt. */
export type CivilDate = string;
export type Month = string;
export type Instant = bigint;

const MILLISECONDS_PER_DAY = 86_400_000;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(\d{1,9}))?Z$/;

export function isCivilDate(value: unknown): value is CivilDate {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  // Date.parse takes 30 February for 1 March, so the text has to come back unchanged.
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value;
}

export function isMonth(value: unknown): value is Month {
  return typeof value === 'string' && isCivilDate(`${value}-01`);
}

export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const match = INSTANT.exec(value);
  return match !== null && isCivilDate(match[1]);
}

export function parseInstant(text: string): Instant {
  const fraction = INSTANT.exec(text)?.[3] ?? '';
  return BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

const zones = new Map<string, boolean>();

export function isZone(value: unknown): value is string {
  // Intl also takes offsets such as +03:00, which are no IANA names.
  if (typeof value !== 'string' || !/^[A-Za-z]/.test(value)) return false;
  const isKnown = zones.get(value) ?? intlKnows(value);
  zones.set(value, isKnown);
  return isKnown;
}

function intlKnows(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function civilDateIn(zone: string, instant: Instant): CivilDate {
  const format = formats.get(zone) ?? newFormat(zone);
  formats.set(zone, format);
  const milliseconds = instant / 1_000_000n;
  return format.format(new Date(Number(milliseconds)));
}

function newFormat(zone: string): Intl.DateTimeFormat {
  // The Swedish form of a date happens to be the ISO form.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
}

export function dayNumber(date: CivilDate): number {
  return Date.parse(`${date}T00:00:00Z`) / MILLISECONDS_PER_DAY;
}

export function plusDays(date: CivilDate, days: number): CivilDate {
  return new Date((dayNumber(date) + days) * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
}

/** Number of days from the first to the last date, both counted; 0 when the last lies before the first. */
export function daysInclusive(first: CivilDate, last: CivilDate): number {
  return Math.max(0, dayNumber(last) - dayNumber(first) + 1);
}

export function monthOf(date: CivilDate): Month {
  return date.slice(0, 7);
}

export function yearOf(date: CivilDate): string {
  return date.slice(0, 4);
}

export function firstDay(month: Month): CivilDate {
  return `${month}-01`;
}

export function lastDay(month: Month): CivilDate {
  return plusDays(firstDay(monthOf(plusDays(firstDay(month), 31))), -1);
}

export function secondWorkingDay(month: Month): CivilDate {
  let date = firstDay(month);
  for (let found = 0; ; date = plusDays(date, 1)) {
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    if (weekday !== 0 && weekday !== 6) found += 1;
    if (found === 2) return date;
  }
}

export function earlier(a: CivilDate, b: CivilDate): CivilDate {
  return a < b ? a : b;
}

export function later(a: CivilDate, b: CivilDate): CivilDate {
  return a > b ? a : b;
}

/** The birthday in a year; who is born on 29 February has it on 1 March of a common year. */
export function birthdayIn(year: number, birthDate: CivilDate): CivilDate {
  const birthday = `${String(year).padStart(4, '0')}${birthDate.slice(4)}`;
  const exists: boolean = isCivilDate(birthday);
  return exists ? birthday : birthday.replace('-02-29', '-03-01');
}

export function ageOn(date: CivilDate, birthDate: CivilDate): number {
  const year = Number(yearOf(date));
  const hadBirthday = date >= birthdayIn(year, birthDate);
  return year - Number(yearOf(birthDate)) - (hadBirthday ? 0 : 1);
}
