import { z } from 'zod';
import { isCivilDate, isCivilMonth } from './civil-date.ts';
import type { Instant } from './instant.ts';
import { isZone, parseInstant } from './instant.ts';
import type { Kopecks } from './money.ts';
import { LARGEST_AMOUNT, parseMoney } from './money.ts';

/** A string of 1 to 200 characters that names something: an id or a document's number (SPEC section 11). */
export const identifier = textOf(200);

/**
 * The number of an invoice. One the ledger has given is a provider's id of up to 200 characters, the year and a counter
 * (SPEC section 6), and so may be longer than any other number.
 */
export const invoiceNumber = textOf(220).refine(
  (number) => number.length <= 200 || /^.{1,200}-\d{4}-\d{4,}$/su.test(number),
  {
    error: 'is longer than 200 characters',
  },
);

/** Any other string: 1 to 1 000 characters (SPEC section 11). */
export const text = textOf(1000);

/** A civil date of the calendar, `YYYY-MM-DD`. */
export const civilDate = z
  .string()
  .refine(isCivilDate, { error: 'is not a date of the form YYYY-MM-DD' })
  .meta({ format: 'date' });

/** A civil month, `YYYY-MM`. */
export const civilMonth = z
  .string()
  .refine(isCivilMonth, { error: 'is not a month of the form YYYY-MM' })
  .meta({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$' });

/** An instant in UTC, read into its normal form (SPEC section 11). */
export const instant = z
  .string()
  .transform((value, context): Instant => {
    const parsed = parseInstant(value);
    if (parsed !== undefined) return parsed;
    context.issues.push({
      code: 'custom',
      message: 'is not an instant of the form YYYY-MM-DDThh:mm:ssZ',
      input: value,
    });
    return z.NEVER;
  })
  .meta({ format: 'date-time' });

/** An amount ≥ 0 with at most two decimals, read into kopecks (SPEC section 2). */
export const money = z
  .string({ error: 'is not a decimal string' })
  .transform((value, context): Kopecks => {
    const amount = parseMoney(value);
    if (amount !== undefined && amount <= LARGEST_AMOUNT) return amount;
    context.issues.push({
      code: 'custom',
      message: 'is not an amount from 0.00 to 999999999999.99 with at most two decimals',
      input: value,
    });
    return z.NEVER;
  })
  .meta({ pattern: '^(0|[1-9]\\d{0,11})(\\.\\d{1,2})?$' });

/** A price: an amount > 0 (SPEC section 2). */
export const price = money.refine((amount) => amount > 0, { error: 'is not more than 0.00' });

/** A count of at least one. */
export const positiveCount = z.int({ error: 'is not a whole number' }).min(1, { error: 'is not at least 1' });

/** A count or an age, zero included. */
export const count = z.int({ error: 'is not a whole number' }).min(0, { error: 'is below 0' });

/** The name of an IANA time zone the runtime knows. */
export const zoneName = text
  .refine(isZone, { error: 'is not the name of an IANA time zone' })
  .meta({ description: 'The name of an IANA time zone' });

/** The bank details of an organisation. */
export const bank = z.strictObject({ bik: text, account: text, name: text });

/** Bank details as events and documents carry them. */
export type Bank = z.output<typeof bank>;

/** A list of 0 to 1 000 items (SPEC section 11). */
export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).max(1000, { error: 'has more than 1000 items' });
}

/** One check with all its rules: most of what a command says is such a text, and each check of zod's costs a call. */
function textOf(longest: number) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'is not a string') })
    .check((context) => {
      const { value } = context;
      if (value.length <= longest && PLAIN.test(value)) return;
      for (const message of faultsOf(value, longest)) {
        context.issues.push({ code: 'custom', message, input: value, continue: true });
      }
    })
    .meta({ minLength: 1, maxLength: longest });
}

/** Nothing but printable characters of ASCII, at least one. */
const PLAIN = /^[ -~]+$/;

function faultsOf(value: string, longest: number): string[] {
  const faults: string[] = [];
  if (value === '') faults.push('is empty');
  if (value.length > longest && [...value].length > longest) faults.push(`is longer than ${longest} characters`);
  // A lone surrogate or a NUL would not come back from a store as it went in.
  if (!value.isWellFormed() || value.includes('\u0000')) faults.push('has characters that are not text');
  return faults;
}
