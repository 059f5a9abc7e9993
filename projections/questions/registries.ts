import type { Given } from '../../src/kernel/given.ts';
import { given } from '../../src/kernel/given.ts';
import { formatMoney } from '../../src/kernel/money.ts';
import { invoiceRegistry } from './invoice-registry.ts';
import type { Row } from './registry-definition.ts';
import { equals, matching, ofMonth, onDay, oneOf, registry } from './registry-definition.ts';
import type {
  AdvanceItem,
  AgreementItem,
  BankItem,
  CertificateItem,
  ContractItem,
  GroupItem,
  PayerItem,
  PeriodFiguresItem,
  PeriodItem,
  ProgrammeItem,
  ProviderItem,
  RefusalItem,
} from './registry-items.ts';

const PROVIDER_STATUS = `CASE WHEN "suspendedFrom" IS NULL THEN 'active' ELSE 'suspended' END`;
const PERIOD_STATUS = `CASE WHEN "closed" = 1 THEN 'closed' ELSE 'open' END`;
const CERTIFICATE_STATUS = `CASE WHEN "closedOn" IS NOT NULL THEN 'closed'
  WHEN "frozenFrom" IS NOT NULL THEN 'frozen' ELSE 'active' END`;
const CONTRACT_STATUS = `CASE WHEN "releasedOn" IS NOT NULL THEN 'released'
  WHEN "terminatedOn" IS NOT NULL THEN 'terminated' ELSE 'active' END`;
/** A payer, or what is a payer's, that has or had an agreement with the provider; and the other way round. */
const WITH_PROVIDER = '"payerId" IN (SELECT "payerId" FROM agreement WHERE "providerId" = ?)';
const WITH_PAYER = '"providerId" IN (SELECT "providerId" FROM agreement WHERE "payerId" = ?)';

/** Every registry by its name (SPEC section 8). */
export const registries = {
  payers: registry({
    select: 'SELECT * FROM payer',
    key: ['payerId'],
    filters: {
      payer: equals('payerId'),
      provider: matching(WITH_PROVIDER),
    },
    sorts: ['payerId', 'name'],
    item: (row): PayerItem => as({ ...texts(row, 'payerId', 'name', 'inn', 'kpp', 'zone'), bank: bankOf(row) }),
  }),
  periods: registry({
    select: `SELECT *, ${PERIOD_STATUS} AS "status" FROM funding_period`,
    key: ['payerId', 'periodId'],
    filters: {
      payer: equals('payerId'),
      period: equals('periodId'),
      status: oneOf('"status"', 'open', 'closed'),
      on: onDay('? BETWEEN "from" AND "until"'),
      provider: matching(WITH_PROVIDER),
    },
    sorts: ['payerId', 'periodId', 'from', 'until'],
    item: (row): PeriodItem => as(texts(row, 'payerId', 'periodId', 'from', 'until', 'status')),
  }),
  groups: registry({
    select: 'SELECT * FROM certificate_group',
    key: ['payerId', 'groupId'],
    filters: {
      payer: equals('payerId'),
      group: equals('groupId'),
      kind: oneOf('"kind"', 'funding', 'accounting'),
    },
    sorts: ['payerId', 'groupId', 'name'],
    item: (row): GroupItem =>
      as({
        ...texts(row, 'payerId', 'groupId', 'name', 'kind'),
        ...counts(row, 'limitCount'),
        ...amounts(row, 'limitAmount'),
        nominals: Object.entries(json<Record<string, number>>(row.nominals)).map(([periodId, nominal]) => ({
          periodId,
          nominal: formatMoney(nominal),
        })),
      }),
  }),
  providers: registry({
    select: `SELECT *, ${PROVIDER_STATUS} AS "status" FROM provider`,
    key: ['providerId'],
    filters: {
      provider: equals('providerId'),
      status: oneOf('"status"', 'active', 'suspended'),
      'legal-form': oneOf('"legalForm"', 'organisation', 'entrepreneur'),
      payer: matching(WITH_PAYER),
    },
    sorts: ['providerId', 'legalForm', 'suspendedFrom'],
    item: (row, { personal }): ProviderItem => {
      const named = personal || row.legalForm === 'organisation';
      return as({
        ...texts(row, 'providerId', 'legalForm', 'kpp', 'status', 'suspendedFrom'),
        ...(named ? { ...texts(row, 'name', 'inn', 'ogrn'), bank: bankOf(row) } : {}),
      });
    },
  }),
  agreements: registry({
    select: `SELECT *, (SELECT coalesce(sum(c."share" - c."released"), 0) FROM contract c
      WHERE c."agreementId" = agreement."agreementId") AS "inUse" FROM agreement`,
    key: ['agreementId'],
    filters: {
      agreement: equals('agreementId'),
      payer: equals('payerId'),
      provider: equals('providerId'),
      number: equals('number'),
      on: onDay('? BETWEEN "from" AND "until"'),
    },
    sorts: ['agreementId', 'payerId', 'providerId', 'number', 'date', 'from', 'until'],
    item: (row): AgreementItem =>
      as({
        ...texts(row, 'agreementId', 'payerId', 'providerId', 'number', 'date', 'from', 'until'),
        ...amounts(row, 'totalLimit', 'inUse'),
      }),
  }),
  programmes: registry({
    select: 'SELECT * FROM programme',
    key: ['programmeId'],
    filters: {
      programme: equals('programmeId'),
      provider: equals('providerId'),
      direction: equals('direction'),
      status: oneOf('"certification"', 'submitted', 'certified', 'revision', 'refused'),
      payer: matching(WITH_PAYER),
    },
    sorts: ['programmeId', 'providerId', 'name', 'direction', 'decidedOn'],
    item: (row): ProgrammeItem =>
      as({
        ...texts(row, 'programmeId', 'providerId', 'name', 'direction', 'certification', 'decidedOn'),
        ...counts(row, 'ageFrom', 'ageTo'),
        reviews: Object.entries(json<Record<string, string>>(row.reviews)).map(([expertId, verdict]) => ({
          expertId,
          verdict,
        })),
        modules: json<StoredModule[]>(row.modules).map((module) => ({
          ...module,
          price: formatMoney(module.price),
          normativePrice: formatMoney(module.normativePrice),
        })),
      }),
  }),
  certificates: registry({
    select: `SELECT *, ${CERTIFICATE_STATUS} AS "status",
      (SELECT json_group_array(json_object('periodId', b."periodId", 'nominal', b."nominal", 'available', b."available",
         'blocked', b."blocked", 'charged', b."charged", 'expired', b."expired") ORDER BY b."from")
       FROM balance b WHERE b."certificateId" = certificate."certificateId") AS "periods" FROM certificate`,
    key: ['certificateId'],
    filters: {
      certificate: equals('certificateId'),
      payer: equals('payerId'),
      group: equals('groupId'),
      holder: equals('holderId'),
      status: oneOf('"status"', 'active', 'frozen', 'closed'),
      period: matching(
        'EXISTS (SELECT 1 FROM balance b WHERE b."certificateId" = item."certificateId" AND b."periodId" = ?)',
      ),
      provider: matching(onContract('certificateId', 'providerId')),
    },
    sorts: ['certificateId', 'payerId', 'groupId', 'holderId', 'validFrom', 'closedOn'],
    item: (row, { personal }): CertificateItem =>
      as({
        ...texts(row, 'certificateId', 'payerId', 'groupId', 'holderId', 'validFrom'),
        ...(personal ? texts(row, 'validUntil') : {}),
        ...texts(row, 'status', 'closedOn', 'closingReason'),
        periods: json<StoredFigures[]>(row.periods).map(({ periodId, ...figures }) => ({
          periodId,
          ...amounts(figures, 'nominal', 'available', 'blocked', 'charged', 'expired'),
        })),
      }),
  }),
  contracts: registry({
    select: `SELECT *, ${CONTRACT_STATUS} AS "status", "share" - "charged" - "released" AS "blocked",
      (SELECT h."groupId" FROM certificate h WHERE h."certificateId" = contract."certificateId") AS "groupId"
      FROM contract`,
    key: ['contractId'],
    filters: {
      contract: equals('contractId'),
      certificate: equals('certificateId'),
      payer: equals('payerId'),
      group: equals('groupId'),
      period: equals('periodId'),
      provider: equals('providerId'),
      programme: equals('programmeId'),
      agreement: equals('agreementId'),
      number: equals('number'),
      status: oneOf('"status"', 'active', 'terminated', 'released'),
      on: onDay('? BETWEEN "from" AND min("until", coalesce("terminatedOn", "until"))'),
    },
    sorts: [
      'contractId',
      'certificateId',
      'providerId',
      'number',
      'date',
      'from',
      'until',
      'terminatedOn',
      'releasedOn',
      'price',
      'share',
      'charged',
    ],
    item: (row): ContractItem =>
      as({
        ...texts(row, 'contractId', 'certificateId', 'payerId', 'groupId', 'periodId', 'providerId', 'programmeId'),
        ...texts(row, 'moduleId', 'agreementId', 'number', 'date', 'from', 'until'),
        ...texts(row, 'status', 'terminatedOn', 'releasedOn'),
        ...amounts(row, 'price', 'share', 'parentShare', 'blocked', 'charged', 'released'),
        ...counts(row, 'lessonsCharged', 'lessons'),
      }),
  }),
  advances: registry({
    select: 'SELECT * FROM advance',
    key: ['payerId', 'providerId', 'month'],
    filters: {
      payer: equals('payerId'),
      provider: equals('providerId'),
      month: ofMonth('"month" = ?'),
    },
    sorts: ['payerId', 'providerId', 'month', 'requestedOn', 'amount'],
    item: (row): AdvanceItem =>
      as({
        ...texts(row, 'payerId', 'providerId', 'month', 'requestedOn'),
        ...counts(row, 'percent'),
        ...amounts(row, 'amount'),
      }),
  }),
  invoices: invoiceRegistry,
  refusals: registry({
    select: 'SELECT * FROM refused_attendance',
    key: ['contractId', 'lessonId'],
    filters: {
      contract: equals('contractId'),
      month: ofMonth('substr("date", 1, 7) = ?'),
      provider: matching(onContract('contractId', 'providerId')),
      payer: matching(onContract('contractId', 'payerId')),
    },
    sorts: ['contractId', 'lessonId', 'date', 'code'],
    item: (row): RefusalItem => as(texts(row, 'contractId', 'lessonId', 'date', 'code', 'message', 'commandId')),
  }),
};

/** The name of a registry. */
export type RegistryName = keyof typeof registries;

/** What a registry lists, by its name. */
export type RegistryItem<Name extends RegistryName> = ReturnType<(typeof registries)[Name]['item']>;

/** By what a registry can be narrowed: every condition that is given has to hold. */
export type RegistryFilter<Name extends RegistryName> = {
  readonly [Condition in keyof (typeof registries)[Name]['filters']]?: string;
};

/** The fields a registry can be sorted by. */
export type RegistrySort<Name extends RegistryName> = (typeof registries)[Name]['sorts'][number];

interface StoredModule {
  readonly moduleId: string;
  readonly name: string;
  readonly lessons: number;
  readonly price: number;
  readonly normativePrice: number;
}

type StoredFigures = { readonly [Figure in keyof PeriodFiguresItem]: Figure extends 'periodId' ? string : number };

/** There is a contract with the item's id in one column and the value in another; looked up item by item, by an index. */
function onContract(column: 'certificateId' | 'contractId', owner: 'payerId' | 'providerId'): string {
  return `EXISTS (SELECT 1 FROM contract k WHERE k."${column}" = item."${column}" AND k."${owner}" = ?)`;
}

/** The tables are strict, so what is read from them has the types their events had; null members are left out. */
function as<Item>(members: Record<string, unknown>): Item {
  return given(members) as Given<Record<string, unknown>> as Item;
}

function texts(row: Row, ...columns: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(columns.map((column) => [column, row[column] === null ? undefined : String(row[column])]));
}

function counts(row: Row, ...columns: readonly string[]): Record<string, number | undefined> {
  return Object.fromEntries(columns.map((column) => [column, row[column] === null ? undefined : Number(row[column])]));
}

function amounts(row: Row, ...columns: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(
    columns.map((column) => [column, row[column] === null ? undefined : formatMoney(Number(row[column]))]),
  );
}

function bankOf({ bank }: Row): BankItem | undefined {
  return bank === null ? undefined : json<BankItem>(bank);
}

function json<Value>(text: string | number | null | undefined): Value {
  return JSON.parse(String(text)) as Value;
}
