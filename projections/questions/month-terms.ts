import type { DatabaseSync } from 'node:sqlite';
import { addDays, daysBetween } from '../../src/kernel/civil-date.ts';
import type { Bank } from '../../src/kernel/fields.ts';
import { formatMoney } from '../../src/kernel/money.ts';
import { unusableRequisites } from '../../src/kernel/requisites.ts';
import type { MonthContext, MonthFinding } from './month-finding.ts';
import { NEAR_DAYS, OF_PAIR } from './month-finding.ts';

const ENDED = `SELECT "contractId", "certificateId", "payerId", "providerId", "number", "end",
    "share" - "charged" - "released" AS "blocked"
  FROM (SELECT *, min("until", coalesce("terminatedOn", "until")) AS "end" FROM contract WHERE "releasedOn" IS NULL)
  WHERE ${OF_PAIR} AND "end" <= ?3 AND "end" < ?4 AND "blocked" > 0`;
/** Certificates of the payer, and of the provider's contracts whose block is not released. */
const OF_PAIR_CERTIFICATES = `(?1 IS NULL OR c."payerId" = ?1) AND c."closedOn" IS NULL AND (?2 IS NULL OR EXISTS
  (SELECT 1 FROM contract k WHERE k."certificateId" = c."certificateId" AND k."providerId" = ?2 AND k."releasedOn" IS NULL))`;
const FROZEN = `SELECT c."certificateId", c."payerId", f."from", f."until" FROM freeze f
  JOIN certificate c ON c."certificateId" = f."certificateId"
  WHERE ${OF_PAIR_CERTIFICATES} AND f."from" <= ?3 AND (f."until" IS NULL OR f."until" > ?3)`;
const COMING_OF_AGE = `SELECT c."certificateId", c."payerId", c."validUntil" FROM certificate c
  WHERE ${OF_PAIR_CERTIFICATES} AND (c."validUntil" BETWEEN ?3 AND ?4 OR c."validUntil" BETWEEN ?5 AND ?6)`;
const AGREEMENTS = `SELECT *, CASE WHEN "totalLimit" IS NULL THEN 0 ELSE (SELECT coalesce(sum(c."share" - c."released"), 0)
    FROM contract c WHERE c."agreementId" = agreement."agreementId") END AS "inUse" FROM agreement
  WHERE ${OF_PAIR} AND ("until" >= ?3 OR "until" BETWEEN ?4 AND ?5)`;

/** Contracts that have ended by the month's last day while a part of their share is still blocked. */
export function endedWithBlock(database: DatabaseSync, context: MonthContext): MonthFinding[] {
  const { payerId, providerId, lastDay, on, streams } = context;
  return database
    .prepare(ENDED)
    .all(payerId, providerId, lastDay, on)
    .map((row): MonthFinding => {
      const [contractId, certificateId, date] = [String(row.contractId), String(row.certificateId), String(row.end)];
      const blocked = formatMoney(Number(row.blocked));
      return {
        kind: 'endedWithBlock',
        severity: 'advice',
        stream: streams.certificate(certificateId),
        date,
        message: `contract ${contractId} (№ ${String(row.number)}) ended on ${date}, and ${blocked} is still blocked`,
        whatToDo: 'record what attendance is missing, then make the rest available again with releaseBlock',
        ...{ payerId: String(row.payerId), providerId: String(row.providerId), certificateId, contractId },
        figures: { blocked },
      };
    });
}

/** Certificates that have been frozen for more than 30 days on the day it is judged on, with or without an end. */
export function longFreezes(database: DatabaseSync, context: MonthContext): MonthFinding[] {
  const { payerId, providerId, on, streams } = context;
  return database
    .prepare(FROZEN)
    .all(payerId, providerId, on)
    .flatMap((row) => {
      const [certificateId, from] = [String(row.certificateId), String(row.from)];
      const days = daysBetween(from, on);
      if (days <= NEAR_DAYS) return [];
      const until = row.until === null ? undefined : String(row.until);
      const finding: MonthFinding = {
        kind: 'frozenLong',
        severity: 'advice',
        stream: streams.certificate(certificateId),
        date: from,
        message: `certificate ${certificateId} has been frozen for ${days} days, since ${from}${until === undefined ? '' : `, until ${until}`}`,
        whatToDo:
          'ask whether the child comes back: unfreezeCertificate ends a freeze without an end, terminateContract the course',
        ...{ payerId: String(row.payerId), certificateId },
        figures: { days, ...(until === undefined ? {} : { until }) },
      };
      return [finding];
    });
}

/** Certificates that reach 18 in the month or within 30 days. Their last day tells a birth date, so it is left out unless asked. */
export function comingOfAge(database: DatabaseSync, context: MonthContext): MonthFinding[] {
  const { payerId, providerId, firstDay, lastDay, on, personal, streams } = context;
  return database
    .prepare(COMING_OF_AGE)
    .all(payerId, providerId, firstDay, lastDay, on, addDays(on, NEAR_DAYS))
    .map((row): MonthFinding => {
      const [certificateId, validUntil] = [String(row.certificateId), String(row.validUntil)];
      const when = personal ? `, its last day is ${validUntil}` : ` in the month or within ${NEAR_DAYS} days`;
      return {
        kind: 'comingOfAge',
        severity: 'advice',
        stream: streams.certificate(certificateId),
        ...(personal ? { date: validUntil } : {}),
        message: `certificate ${certificateId} reaches 18${when}`,
        whatToDo: 'record its lessons, release its blocks, then closeCertificate with the reason age',
        ...{ payerId: String(row.payerId), certificateId },
        figures: {},
      };
    });
}

/** Agreements at their limit, at 90 % of it or more, and those that end in the month or within 30 days. */
export function agreementTerms(database: DatabaseSync, context: MonthContext): MonthFinding[] {
  const { payerId, providerId, firstDay, lastDay, on, streams } = context;
  const near = addDays(on, NEAR_DAYS);
  return database
    .prepare(AGREEMENTS)
    .all(payerId, providerId, on, firstDay, lastDay)
    .flatMap((row) => {
      const [agreementId, until, inUse] = [String(row.agreementId), String(row.until), Number(row.inUse)];
      const head = {
        severity: 'advice' as const,
        stream: streams.agreement(agreementId),
        ...{ payerId: String(row.payerId), providerId: String(row.providerId), agreementId },
      };
      const name = `agreement ${agreementId} (№ ${String(row.number)}) with provider ${head.providerId}`;
      const findings: MonthFinding[] = [];
      if (row.totalLimit !== null && until >= on && 10 * inUse >= 9 * Number(row.totalLimit)) {
        const figures = { inUse: formatMoney(inUse), totalLimit: formatMoney(Number(row.totalLimit)) };
        findings.push({
          kind: inUse >= Number(row.totalLimit) ? 'agreementAtLimit' : 'agreementNearLimit',
          ...head,
          date: on,
          message: `${name}: ${figures.inUse} of its limit of ${figures.totalLimit} is in use`,
          whatToDo:
            'raise the limit with amendAgreement, or release the blocks of ended contracts: new ones are refused beyond it',
          figures,
        });
      }
      if ((until >= on && until <= near) || (until >= firstDay && until <= lastDay)) {
        const days = daysBetween(on, until);
        findings.push({
          kind: 'agreementEnding',
          ...head,
          date: until,
          message: `${name} ${days < 0 ? 'ended' : 'ends'} on ${until}`,
          whatToDo: 'lengthen it with amendAgreement or conclude another: nothing is blocked without one in force',
          figures: { days },
        });
      }
      return findings;
    });
}

/** Payers and providers of the month's pairs whose details no bank takes a payment order with. */
export function missingBankDetails(
  database: DatabaseSync,
  pairs: readonly { readonly payerId: string; readonly providerId: string }[],
  { on, streams }: MonthContext,
): MonthFinding[] {
  const payer = database.prepare('SELECT "inn", "kpp", "bank" FROM payer WHERE "payerId" = ?');
  const provider = database.prepare('SELECT "inn", "kpp", "bank" FROM provider WHERE "providerId" = ?');
  const payers = [...new Set(pairs.map(({ payerId }) => payerId))];
  const providers = [...new Set(pairs.map(({ providerId }) => providerId))];
  const finding = (who: string, stream: string, command: string, row: Row | undefined, ids: object): MonthFinding[] => {
    const unusable = unusableRequisites(requisitesOf(row));
    if (unusable.length === 0) return [];
    return [
      {
        kind: 'bankDetailsMissing',
        severity: 'blocking',
        stream,
        date: on,
        message: `${who} cannot be named in a payment order: ${unusable.join(', ')} missing or not of the right form`,
        whatToDo: `give the details with ${command}`,
        ...ids,
        figures: { fields: unusable },
      },
    ];
  };
  return [
    ...payers.flatMap((payerId) =>
      finding(`payer ${payerId}`, streams.payer(payerId), 'changePayerDetails', payer.get(payerId), { payerId }),
    ),
    ...providers.flatMap((providerId) => {
      const row = provider.get(providerId);
      return finding(`provider ${providerId}`, streams.provider(providerId), 'changeProviderDetails', row, {
        providerId,
      });
    }),
  ];
}

type Row = Readonly<Record<string, unknown>>;

function requisitesOf(row: Row = {}) {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const bank = text(row.bank);
  return {
    inn: text(row.inn),
    kpp: text(row.kpp),
    bank: bank === undefined ? undefined : (JSON.parse(bank) as Bank),
  };
}
