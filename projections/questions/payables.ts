import type { DatabaseSync } from 'node:sqlite';
import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import type { Bank } from '../../src/kernel/fields.ts';
import { formatMoney } from '../../src/kernel/money.ts';
import type { Requisites } from '../../src/kernel/requisites.ts';

/** Who pays or is paid, as registered now. An entrepreneur's name, inn and account disclose a person (SPEC section 2). */
export interface PayableParty extends Requisites {
  readonly name: string;
}

/** An invoice as a payment needs it, without its lines. */
export interface Payable {
  readonly number: string;
  readonly payerId: string;
  readonly providerId: string;
  readonly month: CivilMonth;
  readonly issuedOn: CivilDate;
  readonly status: 'issued' | 'accepted' | 'paid' | 'rejected' | 'annulled';
  readonly due: string;
  readonly payer: PayableParty;
  readonly provider: PayableParty;
}

export interface PayablesOptions {
  readonly month?: CivilMonth;
  readonly payerId?: string;
  readonly providerId?: string;
  /** Only what is to be paid: issued or accepted with something due. */
  readonly open?: boolean;
}

const PAYABLES = `SELECT i."number", i."payerId", i."providerId", i."month", i."issuedOn", i."status", i."due",
    r."name" AS "payerName", r."inn" AS "payerInn", r."kpp" AS "payerKpp", r."bank" AS "payerBank",
    p."name" AS "providerName", p."inn" AS "providerInn", p."kpp" AS "providerKpp", p."bank" AS "providerBank"
  FROM invoice i JOIN payer r ON r."payerId" = i."payerId" JOIN provider p ON p."providerId" = i."providerId"
  WHERE (?1 IS NULL OR i."month" = ?1) AND (?2 IS NULL OR i."payerId" = ?2) AND (?3 IS NULL OR i."providerId" = ?3)
    AND (?4 = 0 OR (i."status" IN ('issued', 'accepted') AND i."due" > 0)) ORDER BY i."payerId", i."number"`;

/** Invoices with the details of their two sides, by payerId, then number. */
export function payables(
  database: DatabaseSync,
  { month, payerId, providerId, open = false }: PayablesOptions = {},
): Payable[] {
  return database
    .prepare(PAYABLES)
    .all(month ?? null, payerId ?? null, providerId ?? null, open ? 1 : 0)
    .map((row) => ({
      number: String(row.number),
      payerId: String(row.payerId),
      providerId: String(row.providerId),
      month: String(row.month),
      issuedOn: String(row.issuedOn),
      status: row.status as Payable['status'],
      due: formatMoney(Number(row.due)),
      payer: partyOf(row, 'payer'),
      provider: partyOf(row, 'provider'),
    }));
}

function partyOf(row: Readonly<Record<string, unknown>>, who: 'payer' | 'provider'): PayableParty {
  const [inn, kpp, bank] = [row[`${who}Inn`], row[`${who}Kpp`], row[`${who}Bank`]];
  return {
    name: String(row[`${who}Name`]),
    ...(inn === null ? {} : { inn: String(inn) }),
    ...(kpp === null ? {} : { kpp: String(kpp) }),
    ...(bank === null ? {} : { bank: JSON.parse(String(bank)) as Bank }),
  };
}
