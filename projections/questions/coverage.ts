import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate } from '../../src/kernel/civil-date.ts';
import type { Instant } from '../../src/kernel/instant.ts';
import { formatMoney, proportion } from '../../src/kernel/money.ts';
import { dayAskedFor } from './day.ts';

/** How far the children of a payer's group are reached (SPEC section 8). */
export interface Coverage extends Reached {
  readonly payerId: string;
  /** Left out in the sum over all groups of a payer. */
  readonly groupId?: string;
  /** The day the figures are of. */
  readonly on: CivilDate;
}

interface Reached {
  /** Certificates in force: issued, valid and not closed before that day. */
  readonly certificates: number;
  /** Of them, those topped up for the period that day lies in, by a top-up that counts from that day or before. */
  readonly funded: number;
  /** `funded` of `certificates` in percent, two decimals, half up; left out where there are none. */
  readonly fundedPercent?: string;
  /** Different holders of the certificates in force. */
  readonly children: number;
  /** Of them, those with a contract concluded and not ended on that day. */
  readonly childrenWithContract: number;
  /** `childrenWithContract` of `children` in percent, two decimals, half up; left out where there are none. */
  readonly contractPercent?: string;
}

export interface CoverageOptions {
  readonly payerId?: string;
  /** The day asked for; without it, the clock's civil date in each payer's zone. */
  readonly on?: CivilDate;
}

/**
 * A certificate's last day is the earlier of its validity's and its closing; a contract's the earliest of its until,
 * its termination, the closing of its certificate and the release of its block.
 */
const IN_FORCE = `
  SELECT c."payerId", c."groupId", c."holderId",
    EXISTS (SELECT 1 FROM balance b WHERE b."certificateId" = c."certificateId"
      AND ?2 BETWEEN b."from" AND b."until" AND b."toppedUpOn" <= ?2) AS "funded",
    CASE WHEN EXISTS (SELECT 1 FROM contract k WHERE k."certificateId" = c."certificateId" AND k."date" <= ?2
      AND k."until" >= ?2 AND coalesce(k."terminatedOn", ?2) >= ?2 AND coalesce(k."releasedOn", ?2) >= ?2)
      THEN c."holderId" END AS "reached"
  FROM certificate c
  WHERE c."payerId" = ?1 AND c."validFrom" <= ?2 AND c."validUntil" >= ?2 AND coalesce(c."closedOn", ?2) >= ?2`;
const FIGURES = `count(*) AS "certificates", coalesce(sum("funded"), 0) AS "funded",
  count(DISTINCT "holderId") AS "children", count(DISTINCT "reached") AS "childrenWithContract"`;

/** The coverage of every group of every payer, and after the groups of a payer their sum, by payerId and groupId. */
export function* coverage(
  database: DatabaseSync,
  now: Instant,
  { payerId, on }: CoverageOptions = {},
): Iterable<Coverage> {
  const payers = database
    .prepare('SELECT "payerId", "zone" FROM payer WHERE ?1 IS NULL OR "payerId" = ?1 ORDER BY "payerId"')
    .all(payerId ?? null);
  const groups = database.prepare('SELECT "groupId" FROM certificate_group WHERE "payerId" = ? ORDER BY "groupId"');
  const byGroup = database.prepare(`SELECT "groupId", ${FIGURES} FROM (${IN_FORCE}) GROUP BY "groupId"`);
  const ofPayer = database.prepare(`SELECT ${FIGURES} FROM (${IN_FORCE})`);
  for (const payer of payers) {
    const head = { payerId: String(payer.payerId), on: dayAskedFor(on, now, String(payer.zone)) };
    const reached = new Map(byGroup.all(head.payerId, head.on).map((row) => [String(row.groupId), row]));
    for (const group of groups.all(head.payerId)) {
      const groupId = String(group.groupId);
      yield { payerId: head.payerId, groupId, on: head.on, ...reachedOf(reached.get(groupId)) };
    }
    yield { ...head, ...reachedOf(ofPayer.get(head.payerId, head.on)) };
  }
}

function reachedOf(row: Readonly<Record<string, unknown>> = {}): Reached {
  const [certificates, funded] = [Number(row.certificates ?? 0), Number(row.funded ?? 0)];
  const [children, childrenWithContract] = [Number(row.children ?? 0), Number(row.childrenWithContract ?? 0)];
  return {
    certificates,
    funded,
    ...(certificates === 0 ? {} : { fundedPercent: percent(funded, certificates) }),
    children,
    childrenWithContract,
    ...(children === 0 ? {} : { contractPercent: percent(childrenWithContract, children) }),
  };
}

/** Hundredths of a percent are written like kopecks of a rouble. */
function percent(part: number, whole: number): string {
  return formatMoney(proportion(10_000, part, whole));
}
