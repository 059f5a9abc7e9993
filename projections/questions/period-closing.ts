import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import { monthOf } from '../../src/kernel/civil-date.ts';
import { formatMoney } from '../../src/kernel/money.ts';
import type { LostAttendance, RefusedEntry } from './period-attendance.ts';
import { lostAttendance, refusedEntriesOf } from './period-attendance.ts';
import type { PeriodContext } from './period-context.ts';

/** What closePeriod would do to a period, and what should be settled before it (SPEC section 3). */
export interface PeriodClosing {
  readonly payerId: string;
  readonly periodId: string;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly on: CivilDate;
  /** Why closePeriod would be refused on that day, with the rule's code; left out where it would not be. */
  readonly refusal?: { readonly code: string; readonly message: string };
  /** By groupId. */
  readonly groups: readonly GroupClosing[];
  /** The sums over all groups; as many BlockReleased and PeriodClosed as there are contracts and certificates. */
  readonly certificates: number;
  readonly released: string;
  readonly expires: string;
  /** Contracts whose block would be released, by contractId; a rest of 0.00 is released too. */
  readonly contracts: readonly ContractClosing[];
  /** Invoices of the period's months that are not paid, by number. */
  readonly openInvoices: readonly OpenInvoice[];
  /** Charges of the period that no invoice has billed, per provider and month; they can be invoiced after the close too. */
  readonly notInvoiced: readonly NotInvoiced[];
  /** Contracts with fewer lessons recorded than planned: attendance has to be in before the close. By contractId. */
  readonly attendanceMissing: readonly LostAttendance[];
  /** Attendance refused and not sent again, for contracts that could still take it. */
  readonly attendanceRefused: readonly RefusedEntry[];
}

/** One group of the payer; amounts are decimal strings. */
export interface GroupClosing {
  readonly groupId: string;
  /** Certificates topped up for the period. */
  readonly certificates: number;
  readonly nominal: string;
  readonly charged: string;
  readonly available: string;
  /** What would be released first. */
  readonly blocked: string;
  /** `available` and `blocked` together: nothing is carried over. */
  readonly expires: string;
}

export interface ContractClosing {
  readonly contractId: string;
  readonly certificateId: string;
  readonly groupId: string;
  readonly providerId: string;
  readonly number: string;
  readonly until: CivilDate;
  readonly amount: string;
}

export interface OpenInvoice {
  readonly number: string;
  readonly providerId: string;
  readonly month: CivilMonth;
  readonly status: 'issued' | 'accepted';
  readonly due: string;
}

export interface NotInvoiced {
  readonly providerId: string;
  readonly month: CivilMonth;
  readonly lessons: number;
  readonly amount: string;
}

const PERIOD = 'SELECT "from", "until" FROM funding_period WHERE "payerId" = ? AND "periodId" = ?';
const GROUPS = `SELECT c."groupId", count(*) AS "certificates", sum(b."nominal") AS "nominal", sum(b."charged") AS "charged",
    sum(b."available") AS "available", sum(b."blocked") AS "blocked"
  FROM balance b JOIN certificate c ON c."certificateId" = b."certificateId"
  WHERE c."payerId" = ? AND b."periodId" = ? GROUP BY c."groupId" ORDER BY c."groupId"`;
const CONTRACTS = `SELECT k."contractId", k."certificateId", c."groupId", k."providerId", k."number",
    min(k."until", coalesce(k."terminatedOn", k."until")) AS "end", k."share" - k."charged" - k."released" AS "blocked"
  FROM contract k JOIN certificate c ON c."certificateId" = k."certificateId"
  WHERE k."payerId" = ? AND k."periodId" = ? AND k."releasedOn" IS NULL ORDER BY k."contractId"`;
const OPEN_INVOICES = `SELECT "number", "providerId", "month", "status", "due" FROM invoice
  WHERE "payerId" = ? AND "month" BETWEEN ? AND ? AND "status" IN ('issued', 'accepted') ORDER BY "number"`;
const NOT_INVOICED = `SELECT k."providerId", b."month", sum(b."lessons" - b."billedLessons") AS "lessons",
    sum(b."amount" - b."billedAmount") AS "amount"
  FROM billable b JOIN contract k ON k."contractId" = b."contractId"
  WHERE k."payerId" = ? AND k."periodId" = ? AND b."open" = 1
  GROUP BY k."providerId", b."month" ORDER BY k."providerId", b."month"`;

/** Tells what closing the period would do, from the figures as they stand now; it changes nothing. */
export async function periodClosing(
  database: DatabaseSync,
  asked: Omit<PeriodContext, 'from' | 'until'>,
  refusal: { readonly code: string; readonly message: string } | undefined,
): Promise<PeriodClosing> {
  const { payerId, periodId, on } = asked;
  const period = database.prepare(PERIOD).get(payerId, periodId);
  const [from, until] = [String(period?.from), String(period?.until)];
  const context: PeriodContext = { ...asked, from, until };
  const rows = database.prepare(GROUPS).all(payerId, periodId);
  const contracts = database.prepare(CONTRACTS).all(payerId, periodId);
  const sum = (figure: string) => rows.reduce((total, row) => total + Number(row[figure]), 0);
  return {
    ...{ payerId, periodId, from, until, on },
    ...(refusal === undefined ? {} : { refusal: { code: refusal.code, message: refusal.message } }),
    groups: rows.map(groupOf),
    certificates: sum('certificates'),
    released: formatMoney(contracts.reduce((total, row) => total + Number(row.blocked), 0)),
    expires: formatMoney(sum('available') + sum('blocked')),
    contracts: contracts.map(contractOf),
    openInvoices: database.prepare(OPEN_INVOICES).all(payerId, monthOf(from), monthOf(until)).map(invoiceOf),
    notInvoiced: database.prepare(NOT_INVOICED).all(payerId, periodId).map(notInvoicedOf),
    attendanceMissing: await lostAttendance(database, context),
    attendanceRefused: refusedEntriesOf(database, context),
  };
}

type Row = Readonly<Record<string, unknown>>;

function groupOf(row: Row): GroupClosing {
  const amount = (figure: string) => formatMoney(Number(row[figure]));
  return {
    groupId: String(row.groupId),
    certificates: Number(row.certificates),
    nominal: amount('nominal'),
    charged: amount('charged'),
    available: amount('available'),
    blocked: amount('blocked'),
    expires: formatMoney(Number(row.available) + Number(row.blocked)),
  };
}

function contractOf(row: Row): ContractClosing {
  return {
    contractId: String(row.contractId),
    certificateId: String(row.certificateId),
    groupId: String(row.groupId),
    providerId: String(row.providerId),
    number: String(row.number),
    until: String(row.end),
    amount: formatMoney(Number(row.blocked)),
  };
}

function invoiceOf(row: Row): OpenInvoice {
  return {
    number: String(row.number),
    providerId: String(row.providerId),
    month: String(row.month),
    status: row.status as OpenInvoice['status'],
    due: formatMoney(Number(row.due)),
  };
}

function notInvoicedOf(row: Row): NotInvoiced {
  return {
    providerId: String(row.providerId),
    month: String(row.month),
    lessons: Number(row.lessons),
    amount: formatMoney(Number(row.amount)),
  };
}
