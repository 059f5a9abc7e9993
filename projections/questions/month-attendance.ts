import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate } from '../../src/kernel/civil-date.ts';
import { addDays, earlierOf, laterOf } from '../../src/kernel/civil-date.ts';
import { compareCodePoints } from '../../src/kernel/order.ts';
import type { MonthContext, MonthFinding } from './month-finding.ts';
import { OF_PAIR } from './month-finding.ts';
import { recordedLessons } from './recorded-lessons.ts';

/** How much of what a provider's contracts had planned for a month is recorded. */
export interface PairAttendance {
  readonly payerId: string;
  readonly providerId: string;
  /** Contracts in force in the month. */
  readonly contracts: number;
  /** Lessons planned in the month up to the day it is judged on, as requestAdvance plans them (SPEC section 6). */
  readonly planned: number;
  /** Of them, those that have attendance; what a contract has beyond its plan makes up for no other contract. */
  readonly recorded: number;
  readonly contractsWithoutAttendance: number;
}

interface Contract {
  readonly contractId: string;
  readonly certificateId: string;
  readonly payerId: string;
  readonly providerId: string;
  readonly number: string;
  readonly blockedAt: number;
  /** The days of the month on which a lesson may have been held by now. */
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly planned: number;
  /** Charges in force; more lessons may be recorded where the month is marked as `uncharged`. */
  readonly charged: number;
  readonly uncharged: boolean;
}

interface Sums {
  payerId: string;
  providerId: string;
  contracts: number;
  planned: number;
  recorded: number;
  contractsWithoutAttendance: number;
}

type Freezes = ReadonlyMap<string, readonly { readonly from: CivilDate; readonly until: CivilDate | null }[]>;

/** The columns of {@link IN_FORCE}; so many rows are read that objects with names would take half as long again. */
type InForceRow = readonly [
  contractId: string,
  from: CivilDate,
  until: CivilDate,
  terminatedOn: CivilDate | null,
  lessons: number,
  share: number,
  payerId: string,
  providerId: string,
  charged: number,
  uncharged: number,
  certificateId: string,
  number: string,
  blockedAt: number,
];

const IN_FORCE = `SELECT c."contractId", c."from", c."until", c."terminatedOn", c."lessons", c."share",
    c."payerId", c."providerId", coalesce(b."lessons", 0), u."contractId" IS NOT NULL,
    c."certificateId", c."number", c."blockedAt"
  FROM contract c LEFT JOIN billable b ON b."contractId" = c."contractId" AND b."month" = ?3
    LEFT JOIN uncharged u ON u."contractId" = c."contractId" AND u."month" = ?3
  WHERE ${OF_PAIR} AND c."from" <= min(?5, ?6) AND c."releasedOn" IS NULL AND c."until" >= ?4
    AND (c."terminatedOn" IS NULL OR c."terminatedOn" >= ?4)`;
const FREEZES = `SELECT "certificateId", "from", "until" FROM freeze
  WHERE "from" <= ?1 AND ("until" IS NULL OR "until" > ?2) ORDER BY "certificateId", "from"`;

/**
 * Contracts in force with planned lessons and no attendance, which block the month, and per pair how much of the plan is
 * recorded. A contract that was frozen on every day of the month has nothing to record. Most contracts have as many
 * charges as lessons planned, so the streams of few are read.
 */
export async function monthAttendance(
  database: DatabaseSync,
  context: MonthContext,
): Promise<{ readonly findings: MonthFinding[]; readonly pairs: readonly PairAttendance[] }> {
  const pairs = new Map<string, Map<string, Sums>>();
  const findings: MonthFinding[] = [];
  const frozen = freezesOf(database, context);
  for (const contract of contractsInForce(database, context, (open) => count(pairs, open, open.planned))) {
    const recorded = contract.uncharged ? await recordedOf(contract, context) : contract.charged;
    if (recorded === 0 && isFrozenThroughout(contract, frozen)) continue;
    count(pairs, contract, recorded);
    if (recorded === 0) findings.push(withoutAttendance(contract, context));
  }
  const all = [...pairs.values()]
    .flatMap((providers) => [...providers.values()])
    .sort((a, b) => compareCodePoints(a.payerId, b.payerId) || compareCodePoints(a.providerId, b.providerId));
  return { findings: [...findings, ...all.flatMap((sums) => incomplete(sums, context))], pairs: all };
}

/** The contracts that fall short of their plan by their charges alone; the others are only counted. */
function contractsInForce(
  database: DatabaseSync,
  { month, firstDay, lastDay, on, payerId, providerId, plannedLessons }: MonthContext,
  enough: (contract: Pick<Contract, 'payerId' | 'providerId' | 'planned'>) => void,
): readonly Contract[] {
  const short: Contract[] = [];
  const plans = new Map<string, number>();
  const statement = database.prepare(IN_FORCE);
  statement.setReturnArrays(true);
  const rows = statement.iterate(payerId, providerId, month, firstDay, lastDay, on) as Iterable<unknown>;
  for (const row of rows as Iterable<InForceRow>) {
    const [contractId, from, until, terminatedOn, lessons, share, ...rest] = row;
    const [payer, provider, charged, uncharged, certificateId, number, blockedAt] = rest;
    // What lies behind the day it is judged on cannot be recorded yet.
    const end = earlierOf(earlierOf(until, terminatedOn ?? until), on);
    // Few different terms are shared by very many contracts.
    const term = `${from} ${until} ${end} ${lessons}`;
    const planned = plans.get(term) ?? plannedLessons({ contractId, from, until, end, lessons, share }, month);
    plans.set(term, planned);
    if (planned === 0) continue;
    const head = { payerId: payer, providerId: provider, planned };
    if (charged >= planned) enough(head);
    else {
      const days = { from: laterOf(from, firstDay), until: earlierOf(end, lastDay) };
      short.push({
        ...head,
        contractId,
        certificateId,
        number,
        blockedAt,
        ...days,
        charged,
        uncharged: uncharged === 1,
      });
    }
  }
  return short;
}

function recordedOf(contract: Contract, { store, streams, firstDay, lastDay }: MonthContext): Promise<number> {
  const { contractId, certificateId, blockedAt } = contract;
  const stream = streams.certificate(certificateId);
  return recordedLessons(store, { contractId, stream, blockedAt, from: firstDay, until: lastDay });
}

function freezesOf(database: DatabaseSync, { firstDay, lastDay }: MonthContext): Freezes {
  const freezes = new Map<string, { from: CivilDate; until: CivilDate | null }[]>();
  for (const row of database.prepare(FREEZES).iterate(lastDay, firstDay)) {
    const certificateId = String(row.certificateId);
    const span = { from: String(row.from), until: row.until === null ? null : String(row.until) };
    freezes.set(certificateId, [...(freezes.get(certificateId) ?? []), span]);
  }
  return freezes;
}

/** Freezes do not overlap and come in order, so the first day that none of them covers is found in one pass. */
function isFrozenThroughout({ certificateId, from, until }: Contract, freezes: Freezes): boolean {
  let day = from;
  for (const freeze of freezes.get(certificateId) ?? []) {
    if (freeze.from > day) return false;
    if (freeze.until === null || freeze.until > until) return true;
    day = laterOf(day, freeze.until);
  }
  return addDays(until, 1) <= day;
}

function count(
  pairs: Map<string, Map<string, Sums>>,
  contract: Pick<Contract, 'payerId' | 'providerId' | 'planned'>,
  recorded: number,
): void {
  const { payerId, providerId, planned } = contract;
  let providers = pairs.get(payerId);
  if (providers === undefined) {
    providers = new Map();
    pairs.set(payerId, providers);
  }
  let sums = providers.get(providerId);
  if (sums === undefined) {
    sums = { payerId, providerId, contracts: 0, planned: 0, recorded: 0, contractsWithoutAttendance: 0 };
    providers.set(providerId, sums);
  }
  sums.contracts += 1;
  sums.planned += planned;
  sums.recorded += Math.min(planned, recorded);
  if (recorded === 0) sums.contractsWithoutAttendance += 1;
}

function withoutAttendance(contract: Contract, { month, streams }: MonthContext): MonthFinding {
  const { payerId, providerId, certificateId, contractId, number, planned, until: date } = contract;
  return {
    kind: 'attendanceMissing',
    severity: 'blocking',
    stream: streams.certificate(certificateId),
    date,
    message: `contract ${contractId} (№ ${number}) of provider ${providerId}: 0 of ${planned} lessons planned in ${month} are recorded`,
    whatToDo: 'record its lessons with recordLesson, also those that nobody came to; end it with terminateContract',
    payerId,
    providerId,
    certificateId,
    contractId,
    figures: { planned, recorded: 0 },
  };
}

function incomplete(sums: Sums, { month, lastDay, on, streams }: MonthContext): MonthFinding[] {
  const { payerId, providerId, contracts, planned, recorded, contractsWithoutAttendance } = sums;
  if (recorded === planned) return [];
  const none = contractsWithoutAttendance === 0 ? '' : `; ${contractsWithoutAttendance} have none`;
  return [
    {
      kind: 'attendanceIncomplete',
      severity: 'advice',
      stream: streams.provider(providerId),
      date: earlierOf(lastDay, on),
      message: `provider ${providerId}: ${recorded} of ${planned} lessons planned in ${month} are recorded, ${contracts} contracts${none}`,
      whatToDo: 'ask the provider whether that is all: the plan spreads the lessons of a course evenly over its days',
      payerId,
      providerId,
      figures: { contracts, planned, recorded, contractsWithoutAttendance },
    },
  ];
}
