import { z } from 'zod';

/** The forms of single members of answers. Whatever is answered has been checked when it was recorded. */

/** An id or number: 1 to 200 characters. */
export const id = z.string();

/** Any other text. */
export const text = z.string();

/** An amount: a decimal string with two digits, with a minus in front of what is below zero (SPEC section 2). */
export const amount = z.string().regex(/^-?(0|[1-9]\d*)\.\d{2}$/);

/** A civil date. */
export const date = z.string().meta({ format: 'date' });

/** A civil month. */
export const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);

/** An instant in UTC. */
export const instant = z.string().meta({ format: 'date-time' });

/** A share in percent, two decimals. */
export const percentage = z.string().regex(/^\d+\.\d{2}$/);

/** How many there are of something. */
export const count = z.int().min(0);

/** Lists of answers are not changed by those who read them. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}
