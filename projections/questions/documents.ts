import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import type { InvoiceFilter } from '../billing-questions.ts';

/** Which invoices are wanted as documents; every member that is given has to fit. */
export interface DocumentFilter extends InvoiceFilter {
  /** Only those that are neither rejected nor annulled. */
  readonly inForce?: boolean;
}

/** Where the issue of an invoice stands in the log: in its pair's stream, at a revision. */
export interface IssueRow {
  readonly number: string;
  readonly payerId: string;
  readonly providerId: string;
  readonly revision: number;
}

/** A pair with an advance of a month. */
export interface AdvanceOfMonthRow {
  readonly payerId: string;
  readonly providerId: string;
  readonly month: CivilMonth;
}

/** What a document's line needs of its contract. The ends are those known now, which may be later than the document. */
export interface DocumentContractRow {
  readonly contractId: string;
  readonly certificateId: string;
  readonly agreementId: string;
  readonly number: string;
  readonly date: CivilDate;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly lessons: number;
  readonly share: number;
  readonly terminatedOn?: CivilDate;
  /** The day the certificate was closed. */
  readonly closedOn?: CivilDate;
}

/** The invoices a filter names, by number as text, each with the place of its issue. */
export function issuesOf(database: DatabaseSync, filter: DocumentFilter): readonly IssueRow[] {
  const { month = null, number = null, payerId = null, providerId = null, status = null, inForce = false } = filter;
  return database
    .prepare(
      `SELECT "number", "payerId", "providerId", "issuedAt" AS "revision" FROM invoice
       WHERE (?1 IS NULL OR "month" = ?1) AND (?2 IS NULL OR "number" = ?2) AND (?3 IS NULL OR "payerId" = ?3)
         AND (?4 IS NULL OR "providerId" = ?4) AND (?5 IS NULL OR "status" = ?5) AND (?6 = 0 OR "status" NOT IN ('rejected', 'annulled'))
       ORDER BY "number"`,
    )
    .all(month, number, payerId, providerId, status, inForce ? 1 : 0) as unknown as IssueRow[];
}

/** The pairs with an advance of the month, by payerId, then providerId. */
export function advancesOfMonth(
  database: DatabaseSync,
  month: CivilMonth,
  { payerId = null, providerId = null }: { readonly payerId?: string | null; readonly providerId?: string | null },
): readonly AdvanceOfMonthRow[] {
  return database
    .prepare(
      `SELECT "payerId", "providerId", "month" FROM advance WHERE "month" = ?1
         AND (?2 IS NULL OR "payerId" = ?2) AND (?3 IS NULL OR "providerId" = ?3) ORDER BY "payerId", "providerId"`,
    )
    .all(month, payerId, providerId) as unknown as AdvanceOfMonthRow[];
}

/** The contracts of those ids, in no particular order. */
export function documentContracts(
  database: DatabaseSync,
  contractIds: readonly string[],
): readonly DocumentContractRow[] {
  const rows = database
    .prepare(
      `SELECT c."contractId", c."certificateId", c."agreementId", c."number", c."date", c."from", c."until",
         c."lessons", c."share", c."terminatedOn", h."closedOn"
       FROM json_each(?) AS asked JOIN contract c ON c."contractId" = asked.value
       JOIN certificate h ON h."certificateId" = c."certificateId"`,
    )
    .all(JSON.stringify(contractIds)) as unknown as Record<string, unknown>[];
  return rows.map(({ terminatedOn, closedOn, ...row }) => ({
    ...(row as unknown as DocumentContractRow),
    ...(terminatedOn === null ? {} : { terminatedOn: String(terminatedOn) }),
    ...(closedOn === null ? {} : { closedOn: String(closedOn) }),
  }));
}
