import type { CivilDate } from './civil-date.ts';
import { isCivilDate } from './civil-date.ts';

/**
 * A moment in UTC, `YYYY-MM-DDThh:mm:ss[.fraction]Z`, in normal form: the fraction has no trailing zeros and is
 * left out when it is zero. Up to nine digits of a second are kept (SPEC section 11).
 */
export type Instant = string;

const INSTANT = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/** Brings the text of an instant into normal form, or answers `undefined` when it is none. */
export function parseInstant(text: string): Instant | undefined {
  if (!INSTANT.test(text) || !isCivilDate(text.slice(0, DAY))) return undefined;
  if (text[SECOND] === 'Z') return text;
  const fraction = text.slice(SECOND + 1, -1).replace(/0+$/, '');
  return `${text.slice(0, SECOND)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** The instant so many milliseconds after the beginning of 1970. */
export function instantAt(milliseconds: number): Instant {
  // Many commands come within one millisecond of the machine's clock, and more within a second of it.
  if (milliseconds === lastInstant.milliseconds) return lastInstant.instant;
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond.second) {
    lastSecond = { second, text: normalised(new Date(second * 1000).toISOString()).slice(0, -1) };
  }
  const fraction = milliseconds - second * 1000;
  lastInstant = { milliseconds, instant: `${lastSecond.text}${fractionOf(fraction)}Z` };
  return lastInstant.instant;
}

function fractionOf(milliseconds: number): string {
  return milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0').replace(/0+$/, '')}`;
}

/** The `Date` of an instant, to the millisecond; for libraries that ask for one. */
export function dateOf(instant: Instant): Date {
  return new Date(instant);
}

let lastInstant = { milliseconds: Number.NaN, instant: '' };
let lastSecond = { second: Number.NaN, text: '' };

/** Negative when `a` lies before `b`, positive when after, 0 when they are the same moment. */
export function compareInstants(a: Instant, b: Instant): number {
  if (a === b) return 0;
  // Without the final Z a shorter fraction is a prefix of the longer one, so the texts order like the numbers.
  const first = a.slice(0, -1);
  const second = b.slice(0, -1);
  return first < second ? -1 : first > second ? 1 : 0;
}

/** The later of two instants. */
export function laterInstant(a: Instant, b: Instant): Instant {
  return compareInstants(a, b) >= 0 ? a : b;
}

/** The civil date a clock on the wall shows at this instant in the given IANA zone (SPEC section 2). */
export function civilDateAt(instant: Instant, zone: string): CivilDate {
  const span = instant.slice(0, instant >= WHOLE_MINUTES_SINCE ? MINUTE : SECOND);
  const known = latest.get(zone);
  if (known !== undefined && known.span === span) return known.date;
  const date = formatterOf(zone).format(new Date(`${instant.slice(0, SECOND)}Z`));
  latest.set(zone, { span, date });
  return date;
}

/** Whether the runtime knows the IANA zone of that name. */
export function isZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return !/^[+-]/.test(zone);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Every zone has been whole minutes away from UTC since, and has changed at whole minutes; before there were seconds. */
const WHOLE_MINUTES_SINCE = '1973';
/** So many characters of an instant name its day, its minute, or its second. */
const DAY = 10;
const MINUTE = 16;
const SECOND = 19;

/** The last answer per zone: commands of one minute ask the same question over and over. */
const latest = new Map<string, { span: string; date: CivilDate }>();
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(zone, formatter);
  }
  return formatter;
}

function normalised(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new RangeError(`${text} is no instant of the years 0001 to 9999`);
  return instant;
}
