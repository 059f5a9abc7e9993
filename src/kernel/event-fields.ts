import { z } from 'zod';
import type { Kopecks } from './money.ts';

/**
 * An amount in an event: a decimal string with two digits where it is stored, kopecks where it is used. Corrections and
 * carried sums may be negative. The schema only checks the stored form, and its type is that of the field in memory: who
 * decodes an event reads its amounts by the catalogue's plan of fields, and to read them once more here, for nobody, made
 * half of the garbage that a `verify` left lying.
 */
export const storedMoney = z.string().regex(/^-?(0|[1-9]\d*)\.\d{2}$/) as unknown as z.ZodType<Kopecks, string>;

/** Schemas of fields that still disclose a person; logs and exports leave them out unless asked (SPEC section 2). */
const personalFields = new WeakSet<z.ZodType>();

/** Marks a field of an event as one that discloses a person. */
export function personal<Schema extends z.ZodType>(schema: Schema): Schema {
  const marked = schema.clone() as Schema;
  personalFields.add(marked);
  return marked;
}

/** Whether {@link personal} has marked this schema. */
export function isPersonal(schema: z.ZodType): boolean {
  return personalFields.has(schema);
}

/** A date, an id, a reason as an event stores it: checked when the command came in, so here it is only a string. */
export const storedText = z.string();

/** A count as an event stores it; the lessons of an invoice's line may be negative. */
export const storedCount = z.int();

/** The in-memory union of the events that a map of schemas describes. */
export type EventOf<Schemas extends Record<string, z.ZodType>> = {
  [Type in keyof Schemas]: { type: Type } & z.output<Schemas[Type]>;
}[keyof Schemas];
