import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import type { PlannedTerm, StreamNames } from './month-finding.ts';

/** What every part of the report before a period's close is given; rules come from above. */
export interface PeriodContext {
  readonly payerId: string;
  readonly periodId: string;
  readonly from: CivilDate;
  readonly until: CivilDate;
  /** The day the period is to be closed on. */
  readonly on: CivilDate;
  readonly streams: StreamNames;
  readonly plannedLessons: (contract: PlannedTerm, month: CivilMonth) => number;
  readonly store: EventStore;
}
