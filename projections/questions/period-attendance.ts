import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate } from '../../src/kernel/civil-date.ts';
import { addDays, earlierOf, lastDayOf, monthOf } from '../../src/kernel/civil-date.ts';
import type { PlannedTerm } from './month-finding.ts';
import type { PeriodContext } from './period-context.ts';
import { recordedLessons } from './recorded-lessons.ts';

/** A contract of which fewer lessons are recorded than were planned until its end. */
export interface LostAttendance {
  readonly contractId: string;
  readonly certificateId: string;
  readonly providerId: string;
  readonly planned: number;
  readonly recorded: number;
}

/** An attendance entry that was refused and could still be sent again. */
export interface RefusedEntry {
  readonly contractId: string;
  readonly providerId: string;
  readonly lessonId: string;
  readonly date: CivilDate;
  readonly code: string;
}

const CONTRACTS = `SELECT k.*, EXISTS (SELECT 1 FROM uncharged u WHERE u."contractId" = k."contractId") AS "uncharged"
  FROM contract k WHERE k."payerId" = ? AND k."periodId" = ? AND k."releasedOn" IS NULL AND k."from" <= ?
  ORDER BY k."contractId"`;
const REFUSED = `SELECT r."contractId", k."providerId", r."lessonId", r."date", r."code" FROM refused_attendance r
  JOIN contract k ON k."contractId" = r."contractId"
  WHERE k."payerId" = ? AND k."periodId" = ? AND k."releasedOn" IS NULL ORDER BY r."date", r."contractId", r."lessonId"`;

/** Contracts not released with fewer lessons recorded than planned up to the day, as requestAdvance plans them. */
export async function lostAttendance(database: DatabaseSync, context: PeriodContext): Promise<LostAttendance[]> {
  const { payerId, periodId, on, store, streams } = context;
  const plans = new Map<string, number>();
  const lost: LostAttendance[] = [];
  for (const row of database.prepare(CONTRACTS).all(payerId, periodId, on)) {
    const [contractId, certificateId, from, until] = [row.contractId, row.certificateId, row.from, row.until].map(
      String,
    );
    if (contractId === undefined || certificateId === undefined || from === undefined || until === undefined) continue;
    const end = earlierOf(earlierOf(until, String(row.terminatedOn ?? until)), on);
    const lessons = Number(row.lessons);
    const term = `${from} ${until} ${end} ${lessons}`;
    const contract = { contractId, from, until, end, lessons, share: Number(row.share) };
    const planned = plans.get(term) ?? plannedInAll(contract, context);
    plans.set(term, planned);
    const charged = Number(row.lessonsCharged);
    if (charged >= planned) continue;
    const span = {
      contractId,
      stream: streams.certificate(certificateId),
      blockedAt: Number(row.blockedAt),
      from,
      until,
    };
    const recorded = row.uncharged === 1 ? await recordedLessons(store, span) : charged;
    if (recorded >= planned) continue;
    lost.push({ contractId, certificateId, providerId: String(row.providerId), planned, recorded });
  }
  return lost;
}

/** Refused entries of the period's contracts whose block is not released yet. */
export function refusedEntriesOf(database: DatabaseSync, { payerId, periodId }: PeriodContext): RefusedEntry[] {
  return database
    .prepare(REFUSED)
    .all(payerId, periodId)
    .map((row) => ({
      contractId: String(row.contractId),
      providerId: String(row.providerId),
      lessonId: String(row.lessonId),
      date: String(row.date),
      code: String(row.code),
    }));
}

/** The plans of a contract's months add up to that of its term. */
function plannedInAll(contract: PlannedTerm, { plannedLessons }: PeriodContext): number {
  let planned = 0;
  for (let day = contract.from; day <= contract.end; day = addDays(lastDayOf(monthOf(day)), 1)) {
    planned += plannedLessons(contract, monthOf(day));
  }
  return planned;
}
