import type { CivilDate } from '../src/kernel/civil-date.ts';
import type { Kopecks } from '../src/kernel/money.ts';
import type { Projection } from './projection.ts';
import { idOf } from './projection.ts';
import type { TableDefinition } from './table.ts';

/** A certificate as the registry shows it. */
export interface CertificateRow {
  certificateId: string;
  payerId: string;
  groupId: string;
  holderId: string;
  validFrom: CivilDate;
  validUntil: CivilDate;
  closedOn: CivilDate | null;
  closingReason: string | null;
  /** The first day of a freeze without end. */
  frozenFrom: CivilDate | null;
}

/** The figures of a certificate in one period. */
export interface BalanceRow {
  certificateId: string;
  periodId: string;
  from: CivilDate;
  until: CivilDate;
  /** The day from which the top-up counts. */
  toppedUpOn: CivilDate;
  nominal: Kopecks;
  available: Kopecks;
  blocked: Kopecks;
  charged: Kopecks;
  expired: Kopecks;
}

export interface ContractRow {
  contractId: string;
  certificateId: string;
  payerId: string;
  periodId: string;
  providerId: string;
  programmeId: string;
  moduleId: string;
  agreementId: string;
  number: string;
  date: CivilDate;
  from: CivilDate;
  until: CivilDate;
  lessons: number;
  price: Kopecks;
  share: Kopecks;
  parentShare: Kopecks;
  charged: Kopecks;
  released: Kopecks;
  lessonsCharged: number;
  terminatedOn: CivilDate | null;
  releasedOn: CivilDate | null;
  /** The revision of the block in the certificate's stream: the order of recording. */
  blockedAt: number;
  /** The revision of the last event that touched the contract. */
  revision: number;
}

export const certificateTable: TableDefinition<CertificateRow> = {
  name: 'certificate',
  key: ['certificateId'],
  columns: {
    certificateId: 'TEXT',
    payerId: 'TEXT',
    groupId: 'TEXT',
    holderId: 'TEXT',
    validFrom: 'TEXT',
    validUntil: 'TEXT',
    closedOn: 'TEXT',
    closingReason: 'TEXT',
    frozenFrom: 'TEXT',
  },
  indexes: ['"payerId", "groupId"'],
};

export const balanceTable: TableDefinition<BalanceRow> = {
  name: 'balance',
  key: ['certificateId', 'periodId'],
  columns: {
    certificateId: 'TEXT',
    periodId: 'TEXT',
    from: 'TEXT',
    until: 'TEXT',
    toppedUpOn: 'TEXT',
    nominal: 'INTEGER',
    available: 'INTEGER',
    blocked: 'INTEGER',
    charged: 'INTEGER',
    expired: 'INTEGER',
  },
};

export const contractTable: TableDefinition<ContractRow> = {
  name: 'contract',
  key: ['contractId'],
  columns: {
    contractId: 'TEXT',
    certificateId: 'TEXT',
    payerId: 'TEXT',
    periodId: 'TEXT',
    providerId: 'TEXT',
    programmeId: 'TEXT',
    moduleId: 'TEXT',
    agreementId: 'TEXT',
    number: 'TEXT',
    date: 'TEXT',
    from: 'TEXT',
    until: 'TEXT',
    lessons: 'INTEGER',
    price: 'INTEGER',
    share: 'INTEGER',
    parentShare: 'INTEGER',
    charged: 'INTEGER',
    released: 'INTEGER',
    lessonsCharged: 'INTEGER',
    terminatedOn: 'TEXT',
    releasedOn: 'TEXT',
    blockedAt: 'INTEGER',
    revision: 'INTEGER',
  },
  indexes: ['"payerId", "providerId"', '"certificateId"', '"agreementId"'],
};

/** Certificates with their balances per period, and contracts (SPEC sections 3 and 8). */
export const certificates: Projection = {
  name: 'certificates',
  version: 2,
  tables: [certificateTable as never, balanceTable as never, contractTable as never],
  folding(tables) {
    const certificateRows = tables.table(certificateTable);
    const balances = tables.table(balanceTable);
    const contracts = tables.table(contractTable);

    const moved = (contractId: string, revision: number) => {
      const contract = contracts.known(contractId);
      contract.revision = revision;
      contracts.put(contract);
      const balance = balances.known(contract.certificateId, contract.periodId);
      balances.put(balance);
      return { contract, balance };
    };

    return (event, { stream, revision }) => {
      switch (event.type) {
        case 'LessonCharged': {
          const { contract, balance } = moved(event.contractId, revision);
          contract.charged += event.amount;
          contract.lessonsCharged += 1;
          balance.blocked -= event.amount;
          balance.charged += event.amount;
          return;
        }
        case 'LessonChargeReversed': {
          const { contract, balance } = moved(event.contractId, revision);
          contract.charged -= event.amount;
          contract.lessonsCharged -= 1;
          balance.blocked += event.amount;
          balance.charged -= event.amount;
          return;
        }
        case 'BlockReleased': {
          const { contract, balance } = moved(event.contractId, revision);
          contract.released += event.amount;
          contract.releasedOn ??= event.effectiveOn;
          balance.blocked -= event.amount;
          balance.available += event.amount;
          return;
        }
        case 'CertificateIssued': {
          const { certificateId, payerId, groupId, holderId, validFrom, validUntil } = event;
          const open = { closedOn: null, closingReason: null, frozenFrom: null };
          certificateRows.put({ certificateId, payerId, groupId, holderId, validFrom, validUntil, ...open });
          return;
        }
        case 'NominalToppedUp': {
          const { periodId, from, until, amount, effectiveOn: toppedUpOn } = event;
          const figures = { nominal: amount, available: amount, blocked: 0, charged: 0, expired: 0 };
          balances.put({ certificateId: idOf(stream, 'certificate'), periodId, from, until, toppedUpOn, ...figures });
          return;
        }
        case 'NominalAdjusted': {
          const balance = balances.known(idOf(stream, 'certificate'), event.periodId);
          balance.nominal += event.nominal - event.previous;
          balance.available += event.nominal - event.previous;
          balances.put(balance);
          return;
        }
        case 'CourseBlocked': {
          const { type: _, effectiveOn: __, ...block } = event;
          const certificateId = idOf(stream, 'certificate');
          const none = { charged: 0, released: 0, lessonsCharged: 0, terminatedOn: null, releasedOn: null };
          contracts.put({ certificateId, ...block, ...none, blockedAt: revision, revision });
          const balance = balances.known(certificateId, event.periodId);
          balance.available -= event.share;
          balance.blocked += event.share;
          balances.put(balance);
          return;
        }
        case 'ContractTerminated': {
          const { contract } = moved(event.contractId, revision);
          contract.terminatedOn = event.effectiveOn;
          return;
        }
        case 'PeriodClosed': {
          const balance = balances.known(idOf(stream, 'certificate'), event.periodId);
          balance.available -= event.amount;
          balance.expired += event.amount;
          balances.put(balance);
          return;
        }
        case 'CertificateFrozen':
        case 'CertificateUnfrozen':
        case 'CertificateClosed': {
          const certificate = certificateRows.known(idOf(stream, 'certificate'));
          if (event.type === 'CertificateFrozen' && event.until === undefined)
            certificate.frozenFrom = event.effectiveOn;
          if (event.type === 'CertificateUnfrozen') certificate.frozenFrom = null;
          if (event.type === 'CertificateClosed') {
            certificate.closedOn = event.effectiveOn;
            certificate.closingReason = event.reason;
          }
          certificateRows.put(certificate);
          return;
        }
      }
    };
  },
};
