import type { CivilDate } from '../src/kernel/civil-date.ts';
import type { Kopecks } from '../src/kernel/money.ts';
import type { ContractRow } from './certificates.ts';
import { contractTable } from './certificates.ts';
import type { Projection } from './projection.ts';
import { idOf } from './projection.ts';
import type { TableDefinition } from './table-definition.ts';

/** By how much the events effective on one day have changed what is available. */
export interface AvailableRow {
  certificateId: string;
  periodId: string;
  on: CivilDate;
  change: Kopecks;
}

export const availableTable: TableDefinition<AvailableRow> = {
  name: 'available_by_day',
  key: ['certificateId', 'periodId', 'on'],
  columns: { certificateId: 'TEXT', periodId: 'TEXT', on: 'TEXT', change: 'INTEGER' },
};

/**
 * What is available day by day, by effective date. Only an audit folds it, to find the days on which money had been
 * promised before it was there; it reads the contracts that the same replay has folded before it.
 */
export const availableByDay: Projection = {
  name: 'availableByDay',
  version: 1,
  tables: [availableTable as never],
  folding(tables) {
    const rows = tables.table(availableTable);
    const contracts = tables.table<ContractRow>(contractTable);
    const change = (certificateId: string, periodId: string, on: CivilDate, by: Kopecks) => {
      if (by === 0) return;
      if (rows.get(certificateId, periodId, on) === undefined) rows.put({ certificateId, periodId, on, change: 0 });
      rows.edit(certificateId, periodId, on).change += by;
    };
    return {
      NominalToppedUp: ({ periodId, effectiveOn, amount }, { stream }) =>
        change(idOf(stream, 'certificate'), periodId, effectiveOn, amount),
      NominalAdjusted: ({ periodId, effectiveOn, nominal, previous }, { stream }) =>
        change(idOf(stream, 'certificate'), periodId, effectiveOn, nominal - previous),
      CourseBlocked: ({ periodId, effectiveOn, share }, { stream }) =>
        change(idOf(stream, 'certificate'), periodId, effectiveOn, -share),
      BlockReleased: ({ contractId, effectiveOn, amount }) => {
        const contract = contracts.get(contractId);
        if (contract !== undefined) change(contract.certificateId, contract.periodId, effectiveOn, amount);
      },
      PeriodClosed: ({ periodId, effectiveOn, amount }, { stream }) =>
        change(idOf(stream, 'certificate'), periodId, effectiveOn, -amount),
    };
  },
};
