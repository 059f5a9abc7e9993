import type { DatabaseSync } from 'node:sqlite';
import { earlierOf, firstDayOf, lastDayOf } from '../src/kernel/civil-date.ts';
import type { InvoiceRow } from './billing.ts';
import { invoiceItem } from './questions/invoice-registry.ts';
import type { InvoiceItem } from './questions/registry-items.ts';
import type { ReadModelSource } from './read-model-source.ts';

interface Pair {
  readonly payerId: string;
  readonly providerId: string;
}

interface PairFilter {
  readonly payerId?: string | undefined;
  readonly providerId?: string | undefined;
}

/** Which invoices are wanted; every member that is given has to fit. */
export interface InvoiceFilter {
  readonly month?: string;
  readonly number?: string;
  readonly payerId?: string;
  readonly providerId?: string;
  readonly status?: string;
}

const IDS_AT_ONCE = 1_000;
const OF_FILTER = '(?2 IS NULL OR "payerId" = ?2) AND (?3 IS NULL OR "providerId" = ?3)';
const IN_FORCE = `"from" <= ?1 AND "releasedOn" IS NULL AND "until" >= ?4
  AND ("terminatedOn" IS NULL OR "terminatedOn" >= ?4)`;

/** The sums that processes over many streams ask the read models for. */
export class BillingQuestions {
  readonly #models: ReadModelSource;
  readonly #database: DatabaseSync;

  constructor(models: ReadModelSource) {
    this.#models = models;
    this.#database = models.database;
  }

  /** Folds everything that is in the log, whoever has appended it: sums are decided on. */
  catchUp(): Promise<void> {
    return this.#models.catchUp({ wholeLog: true });
  }

  pairsOfMonth(month: string, { payerId = null, providerId = null }: Nullable): Pair[] {
    const rows = this.#database
      .prepare(
        `SELECT "payerId", "providerId" FROM (
           SELECT "payerId", "providerId" FROM contract WHERE "contractId" IN
             (SELECT "contractId" FROM billable WHERE "open" = 1 AND "month" <= ?1)
           UNION SELECT "payerId", "providerId" FROM advance WHERE "month" = ?1
           UNION SELECT "payerId", "providerId" FROM invoice WHERE "month" = ?1 AND "status" NOT IN ('rejected', 'annulled')
         ) WHERE ${OF_FILTER} ORDER BY "payerId", "providerId"`,
      )
      .all(month, payerId, providerId);
    return rows.map(pairOf);
  }

  unbilled({ payerId, providerId }: Pair, month: string) {
    const sums = this.#database
      .prepare(
        `SELECT c."contractId", c."certificateId", c."number" AS "contractNumber", c."date" AS "contractDate",
           c."revision", b."month", b."lessons" - b."billedLessons" AS "lessons", b."amount" - b."billedAmount" AS "amount"
         FROM contract c JOIN billable b ON b."contractId" = c."contractId"
         WHERE c."payerId" = ? AND c."providerId" = ? AND b."open" = 1 AND b."month" <= ?`,
      )
      .all(payerId, providerId, month) as never;
    const pair = this.#database
      .prepare('SELECT "revision" FROM pair WHERE "payerId" = ? AND "providerId" = ?')
      .get(payerId, providerId);
    return { sums, pairRevision: Number(pair?.revision ?? -1) };
  }

  pairsWithContracts({ payerId = null, providerId = null }: Nullable): Pair[] {
    const rows = this.#database
      .prepare(
        `SELECT DISTINCT "payerId", "providerId" FROM contract
         WHERE (?1 IS NULL OR "payerId" = ?1) AND (?2 IS NULL OR "providerId" = ?2) ORDER BY "payerId", "providerId"`,
      )
      .all(payerId, providerId);
    return rows.map(pairOf);
  }

  contractsInForce({ payerId, providerId }: Pair, month: string) {
    const rows = this.#database
      .prepare(
        `SELECT "contractId", "from", "until", "terminatedOn", "lessons", "share" FROM contract
         WHERE ${IN_FORCE} AND ${OF_FILTER} ORDER BY "contractId"`,
      )
      .all(lastDayOf(month), payerId, providerId, firstDayOf(month));
    return rows.map((row) => ({
      contractId: String(row.contractId),
      from: String(row.from),
      until: String(row.until),
      end: earlierOf(String(row.until), String(row.terminatedOn ?? row.until)),
      lessons: Number(row.lessons),
      share: Number(row.share),
    }));
  }

  openIntents(): string[] {
    return this.#database
      .prepare('SELECT "commandId" FROM open_intent ORDER BY "commandId"')
      .all()
      .map((row) => String(row.commandId));
  }

  /** The same with the names of the commands. */
  openIntentsWithCommands(): { commandId: string; command: string }[] {
    return this.#database
      .prepare('SELECT "commandId", "command" FROM open_intent ORDER BY "commandId"')
      .all()
      .map((row) => ({ commandId: String(row.commandId), command: String(row.command) }));
  }

  /** Whole invoices, by number as text (SPEC section 10). */
  *invoices(filter: InvoiceFilter = {}): Iterable<InvoiceItem> {
    const { month = null, number = null, payerId = null, providerId = null, status = null } = filter;
    const rows = this.#database
      .prepare(
        `SELECT * FROM invoice WHERE (?1 IS NULL OR "month" = ?1) AND ${OF_FILTER}
           AND (?4 IS NULL OR "number" = ?4) AND (?5 IS NULL OR "status" = ?5) ORDER BY "number"`,
      )
      .iterate(month, payerId, providerId, number, status);
    for (const row of rows) yield invoiceItem(row as unknown as InvoiceRow, { personal: true });
  }

  /** The ids of the certificates, by certificateId as text; read a few at a time, so that their number costs no memory. */
  *certificateIds(payerId?: string): Iterable<string> {
    const next = this.#database.prepare(
      `SELECT "certificateId" FROM certificate WHERE (?1 IS NULL OR "payerId" = ?1) AND "certificateId" > ?2
       ORDER BY "certificateId" LIMIT ${IDS_AT_ONCE}`,
    );
    for (let after = ''; ; ) {
      const ids = next.all(payerId ?? null, after).map((row) => String(row.certificateId));
      yield* ids;
      after = ids.at(-1) ?? after;
      if (ids.length < IDS_AT_ONCE) return;
    }
  }
}

type Nullable = { readonly [Name in keyof PairFilter]?: PairFilter[Name] | null };

function pairOf(row: Record<string, unknown>): Pair {
  return { payerId: String(row.payerId), providerId: String(row.providerId) };
}
