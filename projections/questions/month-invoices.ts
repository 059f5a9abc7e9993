import type { DatabaseSync } from 'node:sqlite';
import { decodeEvent } from '../../src/events/codec.ts';
import type { CivilDate } from '../../src/kernel/civil-date.ts';
import { earlierOf, firstDayOf, lastDayOf, monthOf } from '../../src/kernel/civil-date.ts';
import { formatMoney } from '../../src/kernel/money.ts';
import type { PairFacts } from './invoices-waiting.ts';
import type { MonthContext, MonthFinding } from './month-finding.ts';
import { OF_PAIR } from './month-finding.ts';
import { lastBillableOn } from './recorded-lessons.ts';

type Row = Readonly<Record<string, unknown>>;

const REFUSED = `SELECT r.*, c."payerId", c."providerId", c."certificateId" FROM refused_attendance r
  LEFT JOIN contract c ON c."contractId" = r."contractId" WHERE ${OF_PAIR} AND r."date" <= ?3`;
/** The last invoice of each pair and month without one in force, where a run of that month would bill something. */
const FREED = `SELECT i."payerId", i."providerId", i."month", i."number", i."status", i."issuedOn", i."due", max(i."issuedAt")
  FROM invoice i WHERE ${OF_PAIR} AND i."month" <= ?3 AND NOT EXISTS (SELECT 1 FROM invoice f
    WHERE f."payerId" = i."payerId" AND f."providerId" = i."providerId" AND f."month" = i."month"
    AND f."status" NOT IN ('rejected', 'annulled')) GROUP BY i."payerId", i."providerId", i."month"`;
const SOMETHING_TO_BILL = `SELECT EXISTS (SELECT 1 FROM advance WHERE "payerId" = ?1 AND "providerId" = ?2 AND "month" = ?3)
  OR EXISTS (SELECT 1 FROM billable b JOIN contract c ON c."contractId" = b."contractId"
    WHERE b."open" = 1 AND b."month" <= ?3 AND c."payerId" = ?1 AND c."providerId" = ?2) AS "any"`;
const AFTER_INVOICE = `SELECT c."contractId", c."certificateId", c."blockedAt", b."month",
    b."lessons" - b."billedLessons" AS "lessons", b."amount" - b."billedAmount" AS "amount"
  FROM billable b JOIN contract c ON c."contractId" = b."contractId"
  WHERE b."open" = 1 AND b."month" <= ?3 AND c."payerId" = ?1 AND c."providerId" = ?2 ORDER BY c."contractId", b."month"`;
const LAST_IN_FORCE = `SELECT "number", "issuedOn", max("issuedAt") FROM invoice WHERE "payerId" = ? AND "providerId" = ?
  AND "status" NOT IN ('rejected', 'annulled')`;

/**
 * Attendance that was refused and never sent again. An entry of the month itself blocks it; one of an earlier month has
 * blocked that one, and would otherwise block every month to come, since nothing takes a wrong entry back.
 */
export function refusedEntries(database: DatabaseSync, context: MonthContext): MonthFinding[] {
  const { payerId, providerId, lastDay, month } = context;
  const rows: Iterable<Row> = database.prepare(REFUSED).iterate(payerId, providerId, lastDay);
  const findings: MonthFinding[] = [];
  for (const row of rows) {
    const [contractId, lessonId, date] = [String(row.contractId), String(row.lessonId), String(row.date)];
    const known = row.payerId !== null;
    findings.push({
      kind: 'attendanceRefused',
      severity: monthOf(date) === month ? 'blocking' : 'advice',
      // The refusal stands in the record of the command that sent the lesson.
      stream: `command-${String(row.commandId)}`,
      date,
      message: `lesson ${lessonId} of ${date} was refused for contract ${contractId}: ${String(row.message)}`,
      whatToDo:
        'mend what it was refused for and send it again with recordLesson under a new command id; what stands otherwise, correctAttendance changes',
      ...(known ? { payerId: String(row.payerId), providerId: String(row.providerId) } : {}),
      ...(known ? { certificateId: String(row.certificateId) } : {}),
      contractId,
      lessonId,
      figures: { code: String(row.code) },
    });
  }
  return findings;
}

/** Invoices of this or an earlier month that were rejected and not issued again, while there is something to bill. */
export async function rejectedInvoices(database: DatabaseSync, context: MonthContext): Promise<MonthFinding[]> {
  const { payerId, providerId, month, streams } = context;
  const toBill = database.prepare(SOMETHING_TO_BILL);
  const findings: MonthFinding[] = [];
  for (const row of database.prepare(FREED).all(payerId, providerId, month)) {
    const pair = { payerId: String(row.payerId), providerId: String(row.providerId) };
    const [number, of] = [String(row.number), String(row.month)];
    if (row.status !== 'rejected' || toBill.get(pair.payerId, pair.providerId, of)?.any !== 1) continue;
    const stream = streams.invoices(pair.payerId, pair.providerId);
    findings.push({
      kind: 'invoiceRejected',
      severity: 'blocking',
      stream,
      date: (await rejectedOn(number, stream, context)) ?? String(row.issuedOn),
      message: `invoice ${number} of provider ${pair.providerId} for ${of} over ${formatMoney(Number(row.due))} was rejected and not issued again`,
      whatToDo: `mend what it was rejected for, then run invoices issue --month ${of}`,
      ...pair,
      number,
      figures: { month: of, due: formatMoney(Number(row.due)) },
    });
  }
  return findings;
}

/** What was recorded after the month's invoice, a finding per contract and month. */
export async function recordedAfterInvoice(
  database: DatabaseSync,
  pairs: readonly PairFacts[],
  context: MonthContext,
): Promise<MonthFinding[]> {
  const open = database.prepare(AFTER_INVOICE);
  const findings: MonthFinding[] = [];
  for (const { payerId, providerId, invoice, unbilled } of pairs) {
    if (invoice === undefined || unbilled === undefined) continue;
    const { number } = invoice;
    for (const row of open.all(payerId, providerId, context.month)) {
      const [contractId, certificateId, month] = [String(row.contractId), String(row.certificateId), String(row.month)];
      const stream = context.streams.certificate(certificateId);
      const days = { from: firstDayOf(month), until: lastDayOf(month) };
      const date = await lastBillableOn(context.store, {
        contractId,
        stream,
        blockedAt: Number(row.blockedAt),
        ...days,
      });
      const [lessons, amount] = [Number(row.lessons), formatMoney(Number(row.amount))];
      findings.push({
        kind: 'recordedAfterInvoice',
        severity: 'advice',
        stream,
        date: date ?? days.until,
        message: `contract ${contractId}: ${lessons} lessons of ${month} over ${amount} came after invoice ${number}`,
        whatToDo:
          'nothing: it becomes a correction line of the next invoice; reject or annul the invoice to bill it now',
        ...{ payerId, providerId, certificateId, contractId, number },
        figures: { month, lessons, amount },
      });
    }
  }
  return findings;
}

/** Negative rests that are carried and find nothing to be set off against. */
export function carriedRests(
  database: DatabaseSync,
  pairs: readonly PairFacts[],
  { streams, month }: MonthContext,
): MonthFinding[] {
  const last = database.prepare(LAST_IN_FORCE);
  return pairs.flatMap(({ payerId, providerId, carriedOut, invoice, unbilled, advance }) => {
    if (carriedOut === 0 || invoice !== undefined || unbilled !== undefined || advance !== undefined) return [];
    const row = last.get(payerId, providerId);
    const [number, amount] = [String(row?.number), formatMoney(carriedOut)];
    const finding: MonthFinding = {
      kind: 'carriedInWaits',
      severity: 'advice',
      stream: streams.invoices(payerId, providerId),
      date: String(row?.issuedOn),
      message: `provider ${providerId}: ${amount} carried out of invoice ${number} finds nothing in ${month} to be set off against`,
      whatToDo: 'nothing while the provider goes on teaching; otherwise claim it back from the provider',
      ...{ payerId, providerId, number },
      figures: { amount },
    };
    return [finding];
  });
}

async function rejectedOn(number: string, stream: string, { store, on }: MonthContext): Promise<CivilDate | undefined> {
  for (const stored of await store.read(stream)) {
    if (stored.type !== 'InvoiceRejected') continue;
    const event = decodeEvent(stored);
    if (event.type === 'InvoiceRejected' && event.number === number) return earlierOf(event.effectiveOn, on);
  }
  return undefined;
}
