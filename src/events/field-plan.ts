import { z } from 'zod';
import { isPersonal, storedMoney } from '../kernel/event-fields.ts';
import { formatMoney, readMoney } from '../kernel/money.ts';

/** Where the amounts and the personal fields of an event are. Read off its schema once, so the hot paths need no zod. */
export interface FieldPlan {
  readonly money: readonly string[];
  readonly personal: readonly string[];
  readonly lists: readonly (readonly [field: string, plan: FieldPlan])[];
}

type Fields = Record<string, unknown>;

/** Reads the plan off the schema of an event's stored form. */
export function fieldPlanOf(schema: z.ZodObject): FieldPlan {
  const money: string[] = [];
  const personal: string[] = [];
  const lists: [string, FieldPlan][] = [];
  for (const [name, declared] of Object.entries(schema.shape)) {
    const field = declared instanceof z.ZodOptional ? declared.unwrap() : declared;
    if (field === storedMoney) money.push(name);
    if (field instanceof z.ZodType && isPersonal(field)) personal.push(name);
    if (!(field instanceof z.ZodArray) || !(field.element instanceof z.ZodObject)) continue;
    const plan = fieldPlanOf(field.element);
    if (plan.money.length + plan.personal.length + plan.lists.length > 0) lists.push([name, plan]);
  }
  return { money, personal, lists };
}

/** Kopecks → decimal strings, in place: the fields are those of a fresh object that nobody else holds. */
export function writeAmounts(fields: Fields, plan: FieldPlan): void {
  for (const name of plan.money) {
    const amount = fields[name];
    if (typeof amount === 'number') fields[name] = formatMoney(amount);
  }
  for (const [name, itemPlan] of plan.lists) {
    if (itemPlan.money.length === 0) continue;
    fields[name] = itemsOf(fields[name]).map((item) => {
      const written = { ...item };
      writeAmounts(written, itemPlan);
      return written;
    });
  }
}

/** Decimal strings → kopecks, in place. */
export function readAmounts(fields: Fields, plan: FieldPlan): void {
  for (const name of plan.money) {
    const stored = fields[name];
    if (typeof stored === 'string') fields[name] = readMoney(stored);
  }
  for (const [name, itemPlan] of plan.lists) {
    for (const item of itemsOf(fields[name])) readAmounts(item, itemPlan);
  }
}

/** Takes the personal fields out, in place. */
export function dropPersonal(fields: Fields, plan: FieldPlan): void {
  for (const name of plan.personal) delete fields[name];
  for (const [name, itemPlan] of plan.lists) {
    for (const item of itemsOf(fields[name])) dropPersonal(item, itemPlan);
  }
}

function itemsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value : [];
}
