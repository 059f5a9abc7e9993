import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import { addDays, firstDayOf, lastDayOf } from '../../src/kernel/civil-date.ts';
import { LedgerError } from '../../src/kernel/errors.ts';
import type { Instant } from '../../src/kernel/instant.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { dayAskedFor } from './day.ts';
import { factsOfPairs, isOfMonth, zoneOf } from './invoices-status.ts';
import type { PairAttendance } from './month-attendance.ts';
import { monthAttendance } from './month-attendance.ts';
import type { MonthContext, MonthFinding, PlannedTerm, StreamNames } from './month-finding.ts';
import { compareFindings } from './month-finding.ts';
import { carriedRests, recordedAfterInvoice, refusedEntries, rejectedInvoices } from './month-invoices.ts';
import { agreementTerms, comingOfAge, endedWithBlock, longFreezes, missingBankDetails } from './month-terms.ts';

/** Everything that would make a month wrong, and what is worth knowing before it is invoiced (SPEC section 6). */
export interface MonthCheck {
  readonly month: CivilMonth;
  /** The day it is judged on. */
  readonly on: CivilDate;
  /** The first day on which the month may be invoiced. */
  readonly invoicedFrom: CivilDate;
  /** The last day on which an invoice of the month is in time. */
  readonly deadline: CivilDate;
  /** How many findings block the month; without any it can be invoiced. */
  readonly blocking: number;
  /** How many others there are. */
  readonly advice: number;
  /** Per pair, by payerId, then providerId: how much of the planned lessons is recorded. */
  readonly attendance: readonly PairAttendance[];
  /** Blocking ones first, then by kind, payer, provider and date. */
  readonly findings: readonly MonthFinding[];
}

export interface MonthCheckOptions {
  readonly payerId?: string;
  readonly providerId?: string;
  /** The day to judge on; without it, the clock's civil date in the payer's zone, Europe/Moscow where none is named. */
  readonly on?: CivilDate;
  /** Also the last days of certificates that reach 18, which tell birth dates (SPEC section 2). */
  readonly personal?: boolean;
}

/** What the question is given from above: the month, the clock, and the rules it must not know by itself. */
export interface MonthAsked {
  readonly month: CivilMonth;
  readonly invoicedFrom: CivilDate;
  readonly now: Instant;
  readonly streams: StreamNames;
  readonly plannedLessons: (contract: PlannedTerm, month: CivilMonth) => number;
}

/** Checks a month. Errors: `query.invalid`; `payer.not_found`, `provider.not_found` for a name that is none. */
export async function monthCheck(
  database: DatabaseSync,
  store: EventStore,
  { month, invoicedFrom, now, ...rules }: MonthAsked,
  options: MonthCheckOptions,
): Promise<MonthCheck> {
  refuseUnknown(database, options);
  const on = dayAskedFor(options.on, now, zoneOf(database, options.payerId));
  const context: MonthContext = {
    ...{ month, firstDay: firstDayOf(month), lastDay: lastDayOf(month), on, store, ...rules },
    payerId: options.payerId ?? null,
    providerId: options.providerId ?? null,
    personal: options.personal ?? false,
  };
  const pairs = factsOfPairs(database, month, options);
  const attendance = await monthAttendance(database, context);
  const findings = [
    ...attendance.findings,
    ...refusedEntries(database, context),
    ...(await rejectedInvoices(database, context)),
    ...missingBankDetails(database, pairs.filter(isOfMonth), context),
    ...(await recordedAfterInvoice(database, pairs, context)),
    ...carriedRests(database, pairs, context),
    ...endedWithBlock(database, context),
    ...longFreezes(database, context),
    ...agreementTerms(database, context),
    ...comingOfAge(database, context),
  ].sort(compareFindings);
  const blocking = findings.filter(({ severity }) => severity === 'blocking').length;
  const head = { month, on, invoicedFrom, deadline: addDays(context.lastDay, 2) };
  return { ...head, blocking, advice: findings.length - blocking, attendance: attendance.pairs, findings };
}

/** A check of somebody who is not there would find nothing and say that all is well. */
function refuseUnknown(database: DatabaseSync, { payerId, providerId }: MonthCheckOptions): void {
  const known = (table: 'payer' | 'provider', id: string) =>
    database.prepare(`SELECT 1 FROM ${table} WHERE "${table}Id" = ?`).get(id) !== undefined;
  if (payerId !== undefined && !known('payer', payerId)) {
    throw new LedgerError('payer.not_found', `there is no payer ${payerId}`);
  }
  if (providerId !== undefined && !known('provider', providerId)) {
    throw new LedgerError('provider.not_found', `there is no provider ${providerId}`);
  }
}
