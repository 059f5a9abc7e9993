import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import { addDays, firstDayOf, lastDayOf } from '../../src/kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../../src/kernel/clock.ts';
import type { Instant } from '../../src/kernel/instant.ts';
import { formatMoney } from '../../src/kernel/money.ts';
import { compareCodePoints } from '../../src/kernel/order.ts';
import { dayAskedFor } from './day.ts';
import type { PairFacts, Waiting } from './invoices-waiting.ts';
import { refusedAttendance, waitingOf } from './invoices-waiting.ts';

/** How far the invoices of a month are (SPEC section 6). */
export interface InvoicesStatus {
  readonly month: CivilMonth;
  /** The day it is judged on. */
  readonly on: CivilDate;
  /** The first day on which the month may be invoiced. */
  readonly invoicedFrom: CivilDate;
  /** The last day on which an invoice of the month is in time. */
  readonly deadline: CivilDate;
  /** Every pair with something to bill, an advance, an invoice or a contract of the month, by payerId, then providerId. */
  readonly pairs: readonly PairStatus[];
  /** What would be billed but cannot be, each with why. */
  readonly waiting: readonly Waiting[];
}

/** How far one pair is. */
export interface PairStatus {
  readonly payerId: string;
  readonly providerId: string;
  /**
   * `invoiced`: there is an invoice in force; `missing`: there is something to bill and no invoice yet; `late`: the same
   * after the deadline; `nothingToBill`: there are contracts, but no charge and no advance that an invoice would name.
   */
  readonly status: 'invoiced' | 'missing' | 'late' | 'nothingToBill';
  /** Contracts in force in the month. */
  readonly contracts: number;
  readonly invoice?: {
    readonly number: string;
    readonly status: string;
    readonly issuedOn: CivilDate;
    /** Issued after the deadline. */
    readonly late: boolean;
    readonly due: string;
  };
  /** What no invoice in force has billed, up to the month's end; net, so it can be negative. */
  readonly unbilled?: { readonly lessons: number; readonly amount: string };
  /** The advance requested for the month. */
  readonly advance?: string;
}

export interface InvoicesStatusOptions {
  readonly payerId?: string;
  readonly providerId?: string;
  /** The day to judge on; without it, the clock's civil date in the payer's zone, Europe/Moscow where none is named. */
  readonly on?: CivilDate;
}

/** The month, from when it may be invoiced, and what the clock says. */
interface Asked {
  readonly month: CivilMonth;
  readonly invoicedFrom: CivilDate;
  readonly now: Instant;
}

const OF_PAIR = '(?1 IS NULL OR "payerId" = ?1) AND (?2 IS NULL OR "providerId" = ?2)';

/** Answers how far the invoices of a month are, judged on a day. */
export function invoicesStatus(
  database: DatabaseSync,
  { month, invoicedFrom, now }: Asked,
  options: InvoicesStatusOptions,
): InvoicesStatus {
  const on = dayAskedFor(options.on, now, zoneOf(database, options.payerId));
  const deadline = addDays(lastDayOf(month), 2);
  const facts = factsOfPairs(database, month, options);
  const judged = facts.filter((pair) => isOfMonth(pair)).map((pair) => statusOf(pair, { on, deadline }));
  const waiting = [
    ...facts.flatMap((pair) => waitingOf(pair, { month, on, invoicedFrom })),
    ...refusedAttendance(database, month, options),
  ];
  return { month, on, invoicedFrom, deadline, pairs: judged, waiting };
}

/** The facts of every pair that the month, or a rest carried into it, is about, by payerId, then providerId. */
export function factsOfPairs(database: DatabaseSync, month: CivilMonth, options: InvoicesStatusOptions): PairFacts[] {
  return [...factsOf(database, month, options).values()].sort(
    (a, b) => compareCodePoints(a.payerId, b.payerId) || compareCodePoints(a.providerId, b.providerId),
  );
}

function factsOf(database: DatabaseSync, month: CivilMonth, { payerId, providerId }: InvoicesStatusOptions) {
  const facts = new Map<string, PairFacts>();
  const pairOf = (row: Readonly<Record<string, unknown>>): PairFacts => {
    const key = JSON.stringify([row.payerId, row.providerId]);
    const head = { payerId: String(row.payerId), providerId: String(row.providerId) };
    const known = facts.get(key) ?? { ...head, contracts: 0, freed: [], carriedOut: 0 };
    facts.set(key, known);
    return known;
  };
  const rowsOf = (sql: string, ...values: readonly string[]) =>
    database.prepare(sql).iterate(payerId ?? null, providerId ?? null, ...values);
  for (const row of rowsOf(CONTRACTS, lastDayOf(month), firstDayOf(month)))
    pairOf(row).contracts = Number(row.contracts);
  for (const row of rowsOf(UNBILLED, month)) {
    pairOf(row).unbilled = { lessons: Number(row.lessons), amount: Number(row.amount) };
  }
  for (const row of rowsOf(ADVANCES, month)) pairOf(row).advance = Number(row.amount);
  for (const row of rowsOf(INVOICES, month)) {
    const [number, status, issuedOn] = [String(row.number), String(row.status), String(row.issuedOn)];
    if (row.inForce === 1) pairOf(row).invoice = { number, status, issuedOn, due: Number(row.due) };
    else pairOf(row).freed.push({ number, status });
  }
  for (const row of rowsOf(CARRIED)) pairOf(row).carriedOut = Number(row.carriedOut);
  return facts;
}

/** The zone a question is judged in: the payer's, or the default where none is named (SPEC section 2). */
export function zoneOf(database: DatabaseSync, payerId: string | undefined): string {
  const payer = database.prepare('SELECT "zone" FROM payer WHERE "payerId" = ?').get(payerId ?? null);
  return payer === undefined ? DEFAULT_ZONE : String(payer.zone);
}

// The plus keeps SQLite from the index in that order: it would look up every row anew, four times as long as a scan.
const CONTRACTS = `SELECT "payerId", "providerId", count(*) AS "contracts" FROM contract
  WHERE ${OF_PAIR} AND "from" <= ?3 AND min("until", coalesce("terminatedOn", "until"), coalesce("releasedOn", "until")) >= ?4
  GROUP BY +"payerId", +"providerId"`;
const UNBILLED = `SELECT c."payerId", c."providerId", sum(b."lessons" - b."billedLessons") AS "lessons",
    sum(b."amount" - b."billedAmount") AS "amount"
  FROM billable b JOIN contract c ON c."contractId" = b."contractId"
  WHERE ${OF_PAIR} AND b."open" = 1 AND b."month" <= ?3 GROUP BY c."payerId", c."providerId"`;
const ADVANCES = `SELECT "payerId", "providerId", "amount" FROM advance WHERE ${OF_PAIR} AND "month" = ?3`;
const INVOICES = `SELECT "payerId", "providerId", "number", "status", "issuedOn", "due",
    "status" NOT IN ('rejected', 'annulled') AS "inForce"
  FROM invoice WHERE ${OF_PAIR} AND "month" = ?3 ORDER BY "payerId", "providerId", "issuedAt"`;
const CARRIED = `SELECT "payerId", "providerId", "carriedOut", max("issuedAt")
  FROM invoice WHERE ${OF_PAIR} AND "status" NOT IN ('rejected', 'annulled') GROUP BY "payerId", "providerId"`;

/** A pair whose only trace is a rest of another month is told by what waits, not here. */
export function isOfMonth({ contracts, unbilled, advance, invoice, freed }: PairFacts): boolean {
  return contracts > 0 || unbilled !== undefined || advance !== undefined || invoice !== undefined || freed.length > 0;
}

function statusOf(
  pair: PairFacts,
  { on, deadline }: { readonly on: CivilDate; readonly deadline: CivilDate },
): PairStatus {
  const { payerId, providerId, contracts, invoice, unbilled, advance } = pair;
  const toBill = unbilled !== undefined || advance !== undefined;
  const open = on > deadline ? 'late' : 'missing';
  return {
    payerId,
    providerId,
    status: invoice !== undefined ? 'invoiced' : toBill ? open : 'nothingToBill',
    contracts,
    ...(invoice === undefined
      ? {}
      : { invoice: { ...invoice, late: invoice.issuedOn > deadline, due: formatMoney(invoice.due) } }),
    ...(unbilled === undefined
      ? {}
      : { unbilled: { lessons: unbilled.lessons, amount: formatMoney(unbilled.amount) } }),
    ...(advance === undefined ? {} : { advance: formatMoney(advance) }),
  };
}
