import { Decimal } from 'decimal.js';

/** An integer count of kopecks (SPEC section 2). Never a fraction, never NaN; its size stays below 2^53. */
export type Kopecks = number;

/** 999 999 999 999.99 roubles: the largest amount any input may name (SPEC section 2). */
export const LARGEST_AMOUNT: Kopecks = 99_999_999_999_999;

const INPUT = /^(0|[1-9]\d{0,11})(?:\.(\d{1,2}))?$/;

/** Forty digits keep a quotient of two 16-digit integers exact enough to tell its half apart from its neighbours. */
const ExactDecimal = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

/**
 * Reads an amount as people and files write it: `"1234.5"`, `"1234.50"`, `"1234"`.
 * Answers `undefined` for anything else (signs, exponents, more than two decimals, leading zeros, over the limit).
 * Source: SPEC section 2.
 */
export function parseMoney(text: string): Kopecks | undefined {
  const match = INPUT.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Writes kopecks as a decimal string with exactly two digits, a minus in front of negative amounts (SPEC section 2). */
export function formatMoney(amount: Kopecks): string {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  const split = digits.length - 2;
  return `${amount < 0 ? '-' : ''}${digits.slice(0, split)}.${digits.slice(split)}`;
}

/** Reads back what {@link formatMoney} wrote. Only for text the ledger itself has written, such as stored events. */
export function readMoney(text: string): Kopecks {
  const split = text.length - 3;
  return Number(text.slice(0, split) + text.slice(split + 1));
}

/**
 * `round(amount · part / whole)` to the kopeck, half up, by exact arithmetic.
 * `part` and `whole` are counts, `whole` ≥ 1, `amount` ≥ 0. Source: SPEC sections 2, 5 and 6.
 */
export function proportion(amount: Kopecks, part: number, whole: number): Kopecks {
  const doubled = 2 * amount * part + whole;
  if (Number.isSafeInteger(doubled) && Number.isSafeInteger(2 * whole)) {
    // Integers this small divide exactly by way of their remainder, which keeps the hot loop free of objects.
    return (doubled - (doubled % (2 * whole))) / (2 * whole);
  }
  return new ExactDecimal(amount).times(part).div(whole).toDecimalPlaces(0).toNumber();
}

/** `amount · percent / 100`, rounded down to the kopeck (SPEC section 6, advances). */
export function percentageRoundedDown(amount: Kopecks, percent: number): Kopecks {
  return new ExactDecimal(amount).times(percent).div(100).toDecimalPlaces(0, Decimal.ROUND_DOWN).toNumber();
}
