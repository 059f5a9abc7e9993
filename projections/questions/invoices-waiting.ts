import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import { lastDayOf } from '../../src/kernel/civil-date.ts';
import { formatMoney } from '../../src/kernel/money.ts';

/** Something that would be billed but cannot be, and why (SPEC section 6). */
export interface Waiting {
  /**
   * `attendanceRefused`: an entry was refused and never sent again; `monthNotOver`: the month may not be invoiced yet;
   * `invoiceRejected`, `invoiceAnnulled`: the month's invoice was, and has not been issued again; `alreadyInvoiced`: it
   * came after the month's invoice and goes into the next one; `carriedInWaits`: a negative rest with nothing to set it off.
   */
  readonly why:
    | 'attendanceRefused'
    | 'monthNotOver'
    | 'invoiceRejected'
    | 'invoiceAnnulled'
    | 'alreadyInvoiced'
    | 'carriedInWaits';
  /** In plain words, with the figures. */
  readonly message: string;
  /** Left out where a refused entry names a contract that is not known. */
  readonly payerId?: string;
  readonly providerId?: string;
  readonly number?: string;
  readonly contractId?: string;
  readonly lessonId?: string;
  readonly date?: CivilDate;
  /** The code an attendance entry was refused with. */
  readonly code?: string;
  readonly lessons?: number;
  readonly amount?: string;
}

/** The facts of one pair that its status is judged by; amounts are kopecks. */
export interface PairFacts {
  readonly payerId: string;
  readonly providerId: string;
  contracts: number;
  unbilled?: { readonly lessons: number; readonly amount: number };
  advance?: number;
  invoice?: { readonly number: string; readonly status: string; readonly issuedOn: CivilDate; readonly due: number };
  /** Invoices of the month that were rejected or annulled. */
  readonly freed: { readonly number: string; readonly status: string }[];
  /** What the last invoice in force left to be set off, negative or zero. */
  carriedOut: number;
}

interface Day {
  readonly month: CivilMonth;
  readonly on: CivilDate;
  readonly invoicedFrom: CivilDate;
}

/** What of one pair waits, and why. */
export function waitingOf(pair: PairFacts, { month, on, invoicedFrom }: Day): Waiting[] {
  const { payerId, providerId, unbilled, advance, invoice, freed, carriedOut } = pair;
  const sum = unbilled === undefined ? {} : { lessons: unbilled.lessons, amount: formatMoney(unbilled.amount) };
  const head = { payerId, providerId, ...sum };
  const what = unbilled === undefined ? 'the advance' : `${formatMoney(unbilled.amount)}`;
  if (invoice !== undefined) {
    if (unbilled === undefined) return [];
    const message = `${what} came after invoice ${invoice.number} and goes into the next one`;
    return [{ why: 'alreadyInvoiced', message, ...head, number: invoice.number }];
  }
  if (unbilled === undefined && advance === undefined) {
    if (carriedOut === 0) return [];
    const message = `a rest of ${formatMoney(carriedOut)} is carried in, and there is nothing to set it off against`;
    return [{ why: 'carriedInWaits', message, payerId, providerId, amount: formatMoney(carriedOut) }];
  }
  const waiting: Waiting[] = [];
  if (on < invoicedFrom) {
    const message = `${what} waits: ${month} may be invoiced from ${invoicedFrom}`;
    waiting.push({ why: 'monthNotOver', message, ...head });
  }
  const last = freed.at(-1);
  if (last !== undefined) {
    const message = `invoice ${last.number} was ${last.status}, and ${month} has not been issued again`;
    const why = last.status === 'rejected' ? 'invoiceRejected' : 'invoiceAnnulled';
    waiting.push({ why, message, ...head, number: last.number });
  }
  return waiting;
}

/** Attendance with a lesson date up to the month's end that was refused and has not been recorded since. */
export function refusedAttendance(
  database: DatabaseSync,
  month: CivilMonth,
  { payerId, providerId }: { readonly payerId?: string; readonly providerId?: string },
): Waiting[] {
  const rows = database
    .prepare(
      `SELECT r.*, c."payerId", c."providerId" FROM refused_attendance r
         LEFT JOIN contract c ON c."contractId" = r."contractId"
       WHERE r."date" <= ?3 AND (?1 IS NULL OR c."payerId" = ?1) AND (?2 IS NULL OR c."providerId" = ?2)
       ORDER BY r."date", r."contractId", r."lessonId"`,
    )
    .iterate(payerId ?? null, providerId ?? null, lastDayOf(month));
  const waiting: Waiting[] = [];
  for (const row of rows) {
    const [contractId, lessonId, date] = [String(row.contractId), String(row.lessonId), String(row.date)];
    const pair = row.payerId === null ? {} : { payerId: String(row.payerId), providerId: String(row.providerId) };
    const message = `lesson ${lessonId} of ${date} was refused for contract ${contractId}: ${String(row.message)}`;
    const code = String(row.code);
    waiting.push({ why: 'attendanceRefused', message, ...pair, contractId, lessonId, date, code });
  }
  return waiting;
}
