import type { DatabaseSync } from 'node:sqlite';
import { formatMoney } from '../src/kernel/money.ts';
import type { InvoiceRow } from './billing.ts';

type Row = Readonly<Record<string, string | number>>;

interface Rule {
  readonly sql: string;
  readonly sentence: (row: Row) => string;
}

/** What counts or must be unique over many streams (SPEC sections 3, 4 and 6), asked of a replay of the whole log. */
const RULES: readonly Rule[] = [
  {
    sql: `SELECT a."agreementId", a."totalLimit", sum(c."share" - c."released") AS "inUse" FROM agreement a
      JOIN contract c ON c."agreementId" = a."agreementId" WHERE a."totalLimit" IS NOT NULL
      GROUP BY a."agreementId" HAVING "inUse" > a."totalLimit"`,
    sentence: ({ agreementId, inUse, totalLimit }) =>
      `agreement ${agreementId}: ${money(inUse)} is in use, its limit is ${money(totalLimit)}`,
  },
  {
    sql: `SELECT g."payerId", g."groupId", b."periodId", g."limitCount", g."limitAmount",
        count(*) AS "count", sum(b."nominal") AS "sum"
      FROM certificate_group g JOIN certificate c ON c."payerId" = g."payerId" AND c."groupId" = g."groupId"
      JOIN balance b ON b."certificateId" = c."certificateId" GROUP BY g."payerId", g."groupId", b."periodId"
      HAVING "count" > g."limitCount" OR "sum" > g."limitAmount"`,
    sentence: ({ payerId, groupId, periodId, count, sum }) =>
      `group ${groupId} of payer ${payerId}, period ${periodId}: ${count} certificates with ${money(sum)} pass its limit`,
  },
  {
    sql: `SELECT "providerId", "number", substr("date", 1, 4) AS "year", count(*) AS "count" FROM contract
      GROUP BY "providerId", "number", "year" HAVING "count" > 1`,
    sentence: ({ providerId, number, year, count }) =>
      `provider ${providerId} has ${count} contracts with the number ${number} in ${year}`,
  },
  {
    sql: `SELECT i."providerId", substr(i."issuedOn", 1, 4) AS "year", count(*) AS "count",
        max(CAST(substr(i."number", length(i."providerId") + 7) AS INTEGER)) AS "last"
      FROM invoice i GROUP BY i."providerId", "year" HAVING "count" <> "last"
      AND NOT EXISTS (SELECT 1 FROM open_intent WHERE "command" = 'issueInvoices')`,
    sentence: ({ providerId, year, count, last }) =>
      `provider ${providerId} has ${count} invoices in ${year}, but the last number is ${last}`,
  },
  {
    sql: `SELECT b."certificateId", b."periodId", b."available", b."blocked" FROM balance b
      JOIN certificate c ON c."certificateId" = b."certificateId"
      JOIN funding_period p ON p."payerId" = c."payerId" AND p."periodId" = b."periodId"
      WHERE p."closed" = 1 AND (b."available" <> 0 OR b."blocked" <> 0)
      AND NOT EXISTS (SELECT 1 FROM open_intent WHERE "command" = 'closePeriod')`,
    sentence: ({ certificateId, periodId, available, blocked }) =>
      `certificate ${certificateId}: period ${periodId} is closed, but ${money(available)} is available and ${money(blocked)} blocked`,
  },
];

/** The rules over many streams that do not hold, a sentence each. */
export function rulesBroken(replay: DatabaseSync): readonly string[] {
  const sentences = RULES.flatMap(({ sql, sentence }) =>
    replay
      .prepare(sql)
      .all()
      .map((row) => sentence(row as Row)),
  );
  return [...sentences, ...invoicesThatDoNotAddUp(replay)];
}

function invoicesThatDoNotAddUp(replay: DatabaseSync): string[] {
  const sentences: string[] = [];
  for (const row of replay.prepare('SELECT * FROM invoice').iterate() as Iterable<unknown> as Iterable<InvoiceRow>) {
    const lines = JSON.parse(row.lines) as { readonly kind: string; readonly amount: number }[];
    const sumOf = (kind: string) => lines.reduce((sum, line) => (line.kind === kind ? sum + line.amount : sum), 0);
    const total = row.services + row.corrections + row.carriedIn - row.advance;
    const addsUp =
      sumOf('charge') === row.services &&
      sumOf('correction') === row.corrections &&
      total === row.total &&
      row.due === Math.max(0, total) &&
      row.carriedOut === Math.min(0, total);
    if (!addsUp) sentences.push(`invoice ${row.number}: its sums are not those of its lines`);
  }
  return sentences;
}

function money(amount: string | number | undefined): string {
  return formatMoney(Number(amount));
}
