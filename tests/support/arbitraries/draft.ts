import fc from 'fast-check';
import type { InvoiceDocument } from '../naive-model/invoice-document.ts';
import { NaiveLedger } from '../naive-model/naive-ledger.ts';
import { classDays } from './small-world.ts';

/** A command without `id` and `at`. */
export type Body = { command: string } & Record<string, unknown>;

/** What a command may know of the moment it is given: the date, and what the file has said so far. */
export interface Moment {
  readonly today: string;
  readonly said: readonly Body[];
  day(offset: number): string;
  month(offset: number): string;
  /** The invoices there should be by now: nobody can guess their numbers and what is due. */
  invoices(): InvoiceDocument[];
}

/** A command that follows its moment, so that it stays plausible when others before it are dropped. */
export type Draft = (moment: Moment) => Body;

export function momentAt(milliseconds: number, said: readonly Body[], invoices: () => InvoiceDocument[]): Moment {
  const day = (offset: number): string => new Date(milliseconds + offset * 86_400_000).toISOString().slice(0, 10);
  const today = day(0);
  const month = (offset: number): string => {
    const [year = 0, number = 0] = today.split('-').map(Number);
    return new Date(Date.UTC(year, number - 1 + offset, 1)).toISOString().slice(0, 7);
  };
  return { today, said, day, month, invoices };
}

/** Tells the invoices after all of a growing list of commands; each is judged once, and only when somebody asks. */
export function invoicesAfter(said: readonly Body[]): () => InvoiceDocument[] {
  const ledger = new NaiveLedger();
  let judged = 0;
  return () => {
    for (; judged < said.length; judged += 1) ledger.execute(said[judged]);
    return ledger.invoices();
  };
}

/** Mostly the first value, which is also what a failing case shrinks to; rarely one of the others. */
export function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

/** One of the known ids, rarely one that nobody has. */
export function knownId(ids: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 24, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: fc.constant('nobody') });
}

/** Today, a few days back, or rarely tomorrow. */
export const recentDay: fc.Arbitrary<number> = fc.oneof(
  { weight: 10, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: fc.integer({ min: -20, max: 0 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
);

export type DayOf = (moment: Moment) => string;

/** A day counted from today, or a class day of the past: there the edges of freezes and endings are. */
export function dayNear(offset: fc.Arbitrary<number>): fc.Arbitrary<DayOf> {
  const counted = offset.map(
    (days): DayOf =>
      (moment) =>
        moment.day(days),
  );
  const classDay = fc.nat({ max: 19 }).map(
    (pick): DayOf =>
      ({ today }) => {
        const past = classDays.filter((day) => day <= today);
        return past[pick % Math.max(1, past.length)] ?? today;
      },
  );
  return oneOfWeighted([2, counted], [1, classDay]);
}

export function draft<T>(
  parameters: { [K in keyof T]: fc.Arbitrary<T[K]> },
  build: (values: T, moment: Moment) => Body,
) {
  return fc.record(parameters).map(
    (values): Draft =>
      (moment) =>
        build(values as T, moment),
  );
}

export function oneOfWeighted<T>(...choices: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}
