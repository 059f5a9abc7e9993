import type { LedgerEvent } from '../src/events/catalogue.ts';
import type { Kopecks } from '../src/kernel/money.ts';
import type { Projection } from './projection.ts';
import { idOf } from './projection.ts';
import type { TableDefinition } from './table.ts';

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
    return (event, { stream }) => {
      switch (event.type) {
        case 'PayerRegistered': {
          const { payerId, name, inn = null, kpp = null, bank, zone } = event;
          payerRows.put({ payerId, name, inn, kpp, bank: bank === undefined ? null : JSON.stringify(bank), zone });
          return;
        }
        case 'PayerDetailsChanged':
          payerRows.put(withDetails(payerRows.known(idOf(stream, 'payer')), event));
          return;
        case 'FundingPeriodOpened': {
          const { periodId, from, until } = event;
          periods.put({ payerId: idOf(stream, 'payer'), periodId, from, until, closed: 0 });
          return;
        }
        case 'FundingPeriodClosed':
          periods.put({ ...periods.known(idOf(stream, 'payer'), event.periodId), closed: 1 });
          return;
        case 'CertificateGroupDefined': {
          const { groupId, name, kind, limitCount = null, limitAmount = null } = event;
          groups.put({ payerId: idOf(stream, 'payer'), groupId, name, kind, limitCount, limitAmount, nominals: '{}' });
          return;
        }
        case 'GroupNominalSet': {
          const group = groups.known(idOf(stream, 'payer'), event.groupId);
          const nominals = { ...JSON.parse(group.nominals), [event.periodId]: event.nominal };
          groups.put({ ...group, nominals: JSON.stringify(nominals) });
          return;
        }
      }
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
    return (event, { stream }) => {
      switch (event.type) {
        case 'ProviderRegistered': {
          const { providerId, name, legalForm, inn = null, kpp = null, ogrn = null, bank } = event;
          const account = bank === undefined ? null : JSON.stringify(bank);
          rows.put({ providerId, name, legalForm, inn, kpp, ogrn, bank: account, suspendedFrom: null });
          return;
        }
        case 'ProviderDetailsChanged':
          rows.put({
            ...withDetails(rows.known(idOf(stream, 'provider')), event),
            ogrn: event.ogrn ?? rows.known(idOf(stream, 'provider')).ogrn,
          });
          return;
        case 'ProviderSuspended':
          rows.put({ ...rows.known(idOf(stream, 'provider')), suspendedFrom: event.effectiveOn });
          return;
        case 'ProviderReinstated':
          rows.put({ ...rows.known(idOf(stream, 'provider')), suspendedFrom: null });
          return;
      }
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
    return (event, { stream }) => {
      if (event.type === 'AgreementConcluded') {
        const { agreementId, payerId, providerId, number, date, from, until, totalLimit = null } = event;
        rows.put({ agreementId, payerId, providerId, number, date, from, until, totalLimit });
      }
      if (event.type === 'AgreementAmended') {
        const row = rows.known(idOf(stream, 'agreement'));
        rows.put({ ...row, until: event.until ?? row.until, totalLimit: event.totalLimit ?? row.totalLimit });
      }
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
    return (event, { stream }) => {
      switch (event.type) {
        case 'ProgrammeSubmitted': {
          const { programmeId, providerId, name, direction, ageFrom, ageTo, modules } = event;
          const fresh = {
            certification: 'submitted',
            decidedOn: null,
            reviews: '{}',
            modules: JSON.stringify(modules),
          };
          rows.put({ programmeId, providerId, name, direction, ageFrom, ageTo, ...fresh });
          return;
        }
        case 'ExpertReviewRecorded': {
          const row = rows.known(idOf(stream, 'programme'));
          const reviews = { ...JSON.parse(row.reviews), [event.expertId]: event.verdict };
          rows.put({ ...row, reviews: JSON.stringify(reviews) });
          return;
        }
        case 'CertificationDecided': {
          const row = rows.known(idOf(stream, 'programme'));
          rows.put({ ...row, certification: event.outcome, decidedOn: event.effectiveOn });
          return;
        }
      }
    };
  },
};

/** The details an event of change names, over the row as it was. */
function withDetails<Row extends PayerRow | ProviderRow>(row: Row, event: DetailsChanged): Row {
  const changed = { ...row };
  changed.name = event.name ?? row.name;
  changed.inn = event.inn ?? row.inn;
  changed.kpp = event.kpp ?? row.kpp;
  changed.bank = event.bank === undefined ? row.bank : JSON.stringify(event.bank);
  return changed;
}

type DetailsChanged = LedgerEvent & { type: 'PayerDetailsChanged' | 'ProviderDetailsChanged' };
