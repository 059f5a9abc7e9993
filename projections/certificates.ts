import type { CivilDate } from '../src/kernel/civil-date.ts';
import type { Kopecks } from '../src/kernel/money.ts';
import type { Projection } from './projection.ts';
import { idOf } from './projection.ts';
import type { OwnerKey } from './table.ts';
import type { TableDefinition } from './table-definition.ts';

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
  readonly contractId: string;
  readonly certificateId: string;
  readonly payerId: string;
  readonly periodId: string;
  readonly providerId: string;
  readonly programmeId: string;
  readonly moduleId: string;
  readonly agreementId: string;
  readonly number: string;
  readonly date: CivilDate;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly lessons: number;
  readonly price: Kopecks;
  readonly share: Kopecks;
  readonly parentShare: Kopecks;
  charged: Kopecks;
  released: Kopecks;
  lessonsCharged: number;
  terminatedOn: CivilDate | null;
  releasedOn: CivilDate | null;
  /** The revision of the block in the certificate's stream: the order of recording. */
  readonly blockedAt: number;
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
  changing: {
    charged: true,
    released: true,
    lessonsCharged: true,
    terminatedOn: true,
    releasedOn: true,
    revision: true,
  },
  indexes: ['"payerId", "providerId"', '"certificateId"', '"agreementId"'],
};

/** The key of the balance that a contract's money is part of. */
export const balanceKeyOf: OwnerKey<ContractRow> = ({ certificateId, periodId }) => [certificateId, periodId];

/** Certificates with their balances per period, and contracts (SPEC sections 3 and 8). */
export const certificates: Projection = {
  name: 'certificates',
  version: 2,
  tables: [certificateTable as never, balanceTable as never, contractTable as never],
  folding(tables) {
    const certificateRows = tables.table(certificateTable);
    const balances = tables.table(balanceTable);
    const contracts = tables.table(contractTable);

    const touched = (contractId: string, revision: number) => {
      const contract = contracts.edit(contractId);
      contract.revision = revision;
      return contract;
    };
    const balanceOf = (contractId: string) => contracts.editOwner(contractId, balances, balanceKeyOf);
    const charge = (contractId: string, revision: number, amount: Kopecks, lessons: 1 | -1) => {
      const contract = touched(contractId, revision);
      const balance = balanceOf(contractId);
      contract.charged += amount;
      contract.lessonsCharged += lessons;
      balance.blocked -= amount;
      balance.charged += amount;
    };

    return {
      LessonCharged: ({ contractId, amount }, { revision }) => charge(contractId, revision, amount, 1),
      LessonChargeReversed: ({ contractId, amount }, { revision }) => charge(contractId, revision, -amount, -1),
      BlockReleased: ({ contractId, amount, effectiveOn }, { revision }) => {
        const contract = touched(contractId, revision);
        const balance = balanceOf(contractId);
        contract.released += amount;
        contract.releasedOn ??= effectiveOn;
        balance.blocked -= amount;
        balance.available += amount;
      },
      CertificateIssued: ({ certificateId, payerId, groupId, holderId, validFrom, validUntil }) => {
        const open = { closedOn: null, closingReason: null, frozenFrom: null };
        certificateRows.put({ certificateId, payerId, groupId, holderId, validFrom, validUntil, ...open });
      },
      NominalToppedUp: ({ periodId, from, until, amount, effectiveOn: toppedUpOn }, { stream }) => {
        const figures = { nominal: amount, available: amount, blocked: 0, charged: 0, expired: 0 };
        balances.put({ certificateId: idOf(stream, 'certificate'), periodId, from, until, toppedUpOn, ...figures });
      },
      NominalAdjusted: ({ periodId, nominal, previous }, { stream }) => {
        const balance = balances.edit(idOf(stream, 'certificate'), periodId);
        balance.nominal += nominal - previous;
        balance.available += nominal - previous;
      },
      CourseBlocked: ({ type: _, effectiveOn: __, ...block }, { stream, revision }) => {
        const certificateId = idOf(stream, 'certificate');
        const none = { charged: 0, released: 0, lessonsCharged: 0, terminatedOn: null, releasedOn: null };
        contracts.put({ certificateId, ...block, ...none, blockedAt: revision, revision });
        const balance = balances.edit(certificateId, block.periodId);
        balance.available -= block.share;
        balance.blocked += block.share;
      },
      ContractTerminated: ({ contractId, effectiveOn }, { revision }) => {
        touched(contractId, revision).terminatedOn = effectiveOn;
      },
      PeriodClosed: ({ periodId, amount }, { stream }) => {
        const balance = balances.edit(idOf(stream, 'certificate'), periodId);
        balance.available -= amount;
        balance.expired += amount;
      },
      CertificateFrozen: ({ effectiveOn, until }, { stream }) => {
        if (until === undefined) certificateRows.edit(idOf(stream, 'certificate')).frozenFrom = effectiveOn;
      },
      CertificateUnfrozen: (_, { stream }) => {
        certificateRows.edit(idOf(stream, 'certificate')).frozenFrom = null;
      },
      CertificateClosed: ({ effectiveOn, reason }, { stream }) => {
        const certificate = certificateRows.edit(idOf(stream, 'certificate'));
        certificate.closedOn = effectiveOn;
        certificate.closingReason = reason;
      },
    };
  },
};
