import type { LedgerEvent } from '../src/events/catalogue.ts';
import type { Kopecks } from '../src/kernel/money.ts';
import type { Projection } from './projection.ts';
import { idOf } from './projection.ts';
import type { TableDefinition } from './table-definition.ts';

export interface PayerRow {
  payerId: string;
  name: string;
  inn: string | null;
  kpp: string | null;
  bank: string | null;
  zone: string;
}

export interface PeriodRow {
  payerId: string;
  periodId: string;
  from: string;
  until: string;
  closed: number;
}

export interface GroupRow {
  payerId: string;
  groupId: string;
  name: string;
  kind: string;
  limitCount: number | null;
  limitAmount: Kopecks | null;
  /** JSON: the nominal per period, in kopecks. */
  nominals: string;
}

export interface ProviderRow {
  providerId: string;
  name: string;
  legalForm: string;
  inn: string | null;
  kpp: string | null;
  ogrn: string | null;
  bank: string | null;
  suspendedFrom: string | null;
}

export interface AgreementRow {
  agreementId: string;
  payerId: string;
  providerId: string;
  number: string;
  date: string;
  from: string;
  until: string;
  totalLimit: Kopecks | null;
}

export interface ProgrammeRow {
  programmeId: string;
  providerId: string;
  name: string;
  direction: string;
  ageFrom: number;
  ageTo: number;
  /** submitted, certified, revision or refused. */
  certification: string;
  decidedOn: string | null;
  /** JSON: verdict per expert since the last submission. */
  reviews: string;
  /** JSON: the modules, amounts in kopecks. */
  modules: string;
}

export const payerTable: TableDefinition<PayerRow> = {
  name: 'payer',
  key: ['payerId'],
  columns: { payerId: 'TEXT', name: 'TEXT', inn: 'TEXT', kpp: 'TEXT', bank: 'TEXT', zone: 'TEXT' },
};
export const periodTable: TableDefinition<PeriodRow> = {
  name: 'funding_period',
  key: ['payerId', 'periodId'],
  columns: { payerId: 'TEXT', periodId: 'TEXT', from: 'TEXT', until: 'TEXT', closed: 'INTEGER' },
};
export const groupTable: TableDefinition<GroupRow> = {
  name: 'certificate_group',
  key: ['payerId', 'groupId'],
  columns: {
    payerId: 'TEXT',
    groupId: 'TEXT',
    name: 'TEXT',
    kind: 'TEXT',
    limitCount: 'INTEGER',
    limitAmount: 'INTEGER',
    nominals: 'TEXT',
  },
};
export const providerTable: TableDefinition<ProviderRow> = {
  name: 'provider',
  key: ['providerId'],
  columns: {
    providerId: 'TEXT',
    name: 'TEXT',
    legalForm: 'TEXT',
    inn: 'TEXT',
    kpp: 'TEXT',
    ogrn: 'TEXT',
    bank: 'TEXT',
    suspendedFrom: 'TEXT',
  },
};
export const agreementTable: TableDefinition<AgreementRow> = {
  name: 'agreement',
  key: ['agreementId'],
  columns: {
    agreementId: 'TEXT',
    payerId: 'TEXT',
    providerId: 'TEXT',
    number: 'TEXT',
    date: 'TEXT',
    from: 'TEXT',
    until: 'TEXT',
    totalLimit: 'INTEGER',
  },
};
export const programmeTable: TableDefinition<ProgrammeRow> = {
  name: 'programme',
  key: ['programmeId'],
  columns: {
    programmeId: 'TEXT',
    providerId: 'TEXT',
    name: 'TEXT',
    direction: 'TEXT',
    ageFrom: 'INTEGER',
    ageTo: 'INTEGER',
    certification: 'TEXT',
    decidedOn: 'TEXT',
    reviews: 'TEXT',
    modules: 'TEXT',
  },
};

/** Payers with their periods and groups (SPEC section 7). */
export const payers: Projection = {
  name: 'payers',
  version: 1,
  tables: [payerTable as never, periodTable as never, groupTable as never],
  folding(tables) {
    const payerRows = tables.table(payerTable);
    const periods = tables.table(periodTable);
    const groups = tables.table(groupTable);
    return {
      PayerRegistered: ({ payerId, name, inn = null, kpp = null, bank, zone }) =>
        payerRows.put({ payerId, name, inn, kpp, bank: bank === undefined ? null : JSON.stringify(bank), zone }),
      PayerDetailsChanged: (event, { stream }) => changeDetails(payerRows.edit(idOf(stream, 'payer')), event),
      FundingPeriodOpened: ({ periodId, from, until }, { stream }) =>
        periods.put({ payerId: idOf(stream, 'payer'), periodId, from, until, closed: 0 }),
      FundingPeriodClosed: ({ periodId }, { stream }) => {
        periods.edit(idOf(stream, 'payer'), periodId).closed = 1;
      },
      CertificateGroupDefined: ({ groupId, name, kind, limitCount = null, limitAmount = null }, { stream }) =>
        groups.put({ payerId: idOf(stream, 'payer'), groupId, name, kind, limitCount, limitAmount, nominals: '{}' }),
      GroupNominalSet: ({ groupId, periodId, nominal }, { stream }) => {
        const group = groups.edit(idOf(stream, 'payer'), groupId);
        group.nominals = JSON.stringify({ ...JSON.parse(group.nominals), [periodId]: nominal });
      },
    };
  },
};

/** Providers, with the suspension that is in force (SPEC section 7). */
export const providers: Projection = {
  name: 'providers',
  version: 1,
  tables: [providerTable as never],
  folding(tables) {
    const rows = tables.table(providerTable);
    return {
      ProviderRegistered: ({ providerId, name, legalForm, inn = null, kpp = null, ogrn = null, bank }) => {
        const account = bank === undefined ? null : JSON.stringify(bank);
        rows.put({ providerId, name, legalForm, inn, kpp, ogrn, bank: account, suspendedFrom: null });
      },
      ProviderDetailsChanged: (event, { stream }) => {
        const row = rows.edit(idOf(stream, 'provider'));
        changeDetails(row, event);
        row.ogrn = event.ogrn ?? row.ogrn;
      },
      ProviderSuspended: ({ effectiveOn }, { stream }) => {
        rows.edit(idOf(stream, 'provider')).suspendedFrom = effectiveOn;
      },
      ProviderReinstated: (_, { stream }) => {
        rows.edit(idOf(stream, 'provider')).suspendedFrom = null;
      },
    };
  },
};

/** Agreements with their present end and limit (SPEC section 7). */
export const agreements: Projection = {
  name: 'agreements',
  version: 1,
  tables: [agreementTable as never],
  folding(tables) {
    const rows = tables.table(agreementTable);
    return {
      AgreementConcluded: ({ agreementId, payerId, providerId, number, date, from, until, totalLimit = null }) =>
        rows.put({ agreementId, payerId, providerId, number, date, from, until, totalLimit }),
      AgreementAmended: ({ until, totalLimit }, { stream }) => {
        const row = rows.edit(idOf(stream, 'agreement'));
        row.until = until ?? row.until;
        row.totalLimit = totalLimit ?? row.totalLimit;
      },
    };
  },
};

/** Programmes with their modules and the state of their certification (SPEC section 7). */
export const programmes: Projection = {
  name: 'programmes',
  version: 1,
  tables: [programmeTable as never],
  folding(tables) {
    const rows = tables.table(programmeTable);
    return {
      ProgrammeSubmitted: ({ programmeId, providerId, name, direction, ageFrom, ageTo, modules }) => {
        const fresh = { certification: 'submitted', decidedOn: null, reviews: '{}', modules: JSON.stringify(modules) };
        rows.put({ programmeId, providerId, name, direction, ageFrom, ageTo, ...fresh });
      },
      ExpertReviewRecorded: ({ expertId, verdict }, { stream }) => {
        const row = rows.edit(idOf(stream, 'programme'));
        row.reviews = JSON.stringify({ ...JSON.parse(row.reviews), [expertId]: verdict });
      },
      CertificationDecided: ({ outcome, effectiveOn }, { stream }) => {
        const row = rows.edit(idOf(stream, 'programme'));
        row.certification = outcome;
        row.decidedOn = effectiveOn;
      },
    };
  },
};

/** The details an event of change names replace those of the row. */
function changeDetails(row: PayerRow | ProviderRow, event: DetailsChanged): void {
  row.name = event.name ?? row.name;
  row.inn = event.inn ?? row.inn;
  row.kpp = event.kpp ?? row.kpp;
  if (event.bank !== undefined) row.bank = JSON.stringify(event.bank);
}

type DetailsChanged = LedgerEvent & { type: 'PayerDetailsChanged' | 'ProviderDetailsChanged' };
