import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import { compareCodePoints } from '../../src/kernel/order.ts';
import type { EventStore } from '../../src/store/event-store.ts';

/** What can be wrong with a month before it is invoiced, in the order a clerk is told of it. */
export const MONTH_FINDING_KINDS = [
  'attendanceMissing',
  'attendanceRefused',
  'invoiceRejected',
  'bankDetailsMissing',
  'attendanceIncomplete',
  'recordedAfterInvoice',
  'carriedInWaits',
  'endedWithBlock',
  'frozenLong',
  'agreementAtLimit',
  'agreementNearLimit',
  'agreementEnding',
  'comingOfAge',
] as const;

/** The kind of a finding. */
export type MonthFindingKind = (typeof MONTH_FINDING_KINDS)[number];

/** One thing that would make a month wrong, or is worth knowing before its invoices go out. */
export interface MonthFinding {
  readonly kind: MonthFindingKind;
  /** `blocking`: the month should not be invoiced or paid like this; `advice`: everything else. */
  readonly severity: 'blocking' | 'advice';
  /** The stream whose events tell of it. */
  readonly stream: string;
  /** Of the lesson, the contract's or agreement's end, the freeze, …; left out where it would disclose a birth date. */
  readonly date?: CivilDate;
  /** What is the case, in plain words with the figures. */
  readonly message: string;
  /** What to do about it, in plain words, naming the command. */
  readonly whatToDo: string;
  readonly payerId?: string;
  readonly providerId?: string;
  readonly certificateId?: string;
  readonly contractId?: string;
  readonly agreementId?: string;
  readonly lessonId?: string;
  /** The number of the invoice. */
  readonly number?: string;
  /** Counts are numbers, amounts decimal strings, names of fields a list. */
  readonly figures: Readonly<Record<string, number | string | readonly string[]>>;
}

/** The names of the streams that findings point to; they are given from above, since a question knows no domain. */
export interface StreamNames {
  readonly payer: (payerId: string) => string;
  readonly provider: (providerId: string) => string;
  readonly agreement: (agreementId: string) => string;
  readonly certificate: (certificateId: string) => string;
  readonly invoices: (payerId: string, providerId: string) => string;
}

/** What planning needs to know of a contract (SPEC section 6, requestAdvance). */
export interface PlannedTerm {
  readonly contractId: string;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly end: CivilDate;
  readonly lessons: number;
  readonly share: number;
}

/** What every part of the check is given. */
export interface MonthContext {
  readonly month: CivilMonth;
  readonly firstDay: CivilDate;
  readonly lastDay: CivilDate;
  /** The day it is judged on. */
  readonly on: CivilDate;
  readonly payerId: string | null;
  readonly providerId: string | null;
  readonly personal: boolean;
  readonly streams: StreamNames;
  readonly plannedLessons: (contract: PlannedTerm, month: CivilMonth) => number;
  readonly store: EventStore;
}

/** Days to an end that are "near", and those of a freeze that is long. */
export const NEAR_DAYS = 30;

/** The condition on a payer and a provider, each of which may be left open. */
export const OF_PAIR = '(?1 IS NULL OR "payerId" = ?1) AND (?2 IS NULL OR "providerId" = ?2)';

/** Blocking first, then by kind, payer, provider, date and stream. */
export function compareFindings(a: MonthFinding, b: MonthFinding): number {
  return (
    Number(a.severity === 'advice') - Number(b.severity === 'advice') ||
    MONTH_FINDING_KINDS.indexOf(a.kind) - MONTH_FINDING_KINDS.indexOf(b.kind) ||
    compareCodePoints(a.payerId ?? '', b.payerId ?? '') ||
    compareCodePoints(a.providerId ?? '', b.providerId ?? '') ||
    compareCodePoints(a.date ?? '', b.date ?? '') ||
    compareCodePoints(a.stream, b.stream) ||
    compareCodePoints(a.contractId ?? '', b.contractId ?? '')
  );
}
