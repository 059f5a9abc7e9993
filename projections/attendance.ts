import type { CivilDate, CivilMonth } from '../src/kernel/civil-date.ts';
import { monthOf } from '../src/kernel/civil-date.ts';
import type { Projection } from './projection.ts';
import { idOf } from './projection.ts';
import type { TableDefinition } from './table-definition.ts';

/** A span of dates in which nothing is charged: `from ≤ d < until` (SPEC section 3). */
export interface FreezeRow {
  certificateId: string;
  from: CivilDate;
  /** Null while the freeze has no end. */
  until: CivilDate | null;
}

/**
 * A contract's month in which a lesson was noted without a charge, or a charge taken back. Only there the charges in
 * force do not tell how many lessons are recorded, and whoever counts them reads the stream.
 */
export interface UnchargedRow {
  contractId: string;
  month: CivilMonth;
}

export const freezeTable: TableDefinition<FreezeRow> = {
  name: 'freeze',
  key: ['certificateId', 'from'],
  columns: { certificateId: 'TEXT', from: 'TEXT', until: 'TEXT' },
};

export const unchargedTable: TableDefinition<UnchargedRow> = {
  name: 'uncharged',
  key: ['contractId', 'month'],
  columns: { contractId: 'TEXT', month: 'TEXT' },
};

interface OpenFreezeRow {
  certificateId: string;
  from: CivilDate;
}

const openFreezeTable: TableDefinition<OpenFreezeRow> = {
  name: 'open_freeze',
  key: ['certificateId'],
  columns: { certificateId: 'TEXT', from: 'TEXT' },
};

/** Freezes, and where lessons were recorded without being charged. */
export const attendance: Projection = {
  name: 'attendance',
  version: 1,
  tables: [freezeTable as never, openFreezeTable as never, unchargedTable as never],
  folding(tables) {
    const freezes = tables.table(freezeTable);
    const open = tables.table(openFreezeTable);
    const uncharged = tables.table(unchargedTable);
    const noted = ({ contractId, effectiveOn }: { readonly contractId: string; readonly effectiveOn: CivilDate }) =>
      uncharged.put({ contractId, month: monthOf(effectiveOn) });
    return {
      LessonNotCharged: noted,
      LessonChargeReversed: noted,
      CertificateFrozen: ({ effectiveOn: from, until = null }, { stream }) => {
        const certificateId = idOf(stream, 'certificate');
        freezes.put({ certificateId, from, until });
        if (until === null) open.put({ certificateId, from });
      },
      CertificateUnfrozen: ({ effectiveOn }, { stream }) => {
        const certificateId = idOf(stream, 'certificate');
        const { from } = open.edit(certificateId);
        open.delete(certificateId);
        freezes.edit(certificateId, from).until = effectiveOn;
      },
    };
  },
};
