import type { AttendanceStatus } from '../../kernel/attendance.ts';
import type { CivilDate } from '../../kernel/civil-date.ts';
import type { Kopecks } from '../../kernel/money.ts';

/** What a decision about a certificate has to know from elsewhere. Other streams' facts arrive here, never a driver. */
export interface DayFacts {
  /** The clock's civil date in the payer's zone. */
  readonly today: CivilDate;
}

export interface FundingPeriodFacts {
  readonly periodId: string;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly closed: boolean;
}

export interface GroupFacts {
  readonly groupId: string;
  readonly kind: 'funding' | 'accounting';
  readonly limitCount?: number | undefined;
  readonly limitAmount?: Kopecks | undefined;
}

/** The certificates that hold a place in a group for one period, this certificate left out. */
export interface GroupPlaces {
  readonly count: number;
  readonly sum: Kopecks;
}

export interface IssueFacts extends DayFacts {
  readonly payerKnown: boolean;
  readonly group: GroupFacts | undefined;
}

export interface NominalFacts extends DayFacts {
  readonly period: FundingPeriodFacts | undefined;
  readonly group: GroupFacts;
  readonly groupNominal: Kopecks | undefined;
  readonly places: GroupPlaces;
}

export interface BlockFacts extends DayFacts {
  readonly contractKnown: boolean;
  readonly providerKnown: boolean;
  readonly programmeKnown: boolean;
  readonly normativePrice: Kopecks | undefined;
  readonly agreement: AgreementFacts | undefined;
  readonly group: GroupFacts | undefined;
  readonly periods: readonly FundingPeriodFacts[];
  readonly suspended: boolean;
  readonly certified: boolean;
  readonly numberTaken: boolean;
}

export interface AgreementFacts {
  readonly payerId: string;
  readonly providerId: string;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly totalLimit?: Kopecks | undefined;
  /** Σ (share − released) of its contracts, this one left out. */
  readonly inUse: Kopecks;
}

export interface LessonFacts extends DayFacts {
  readonly chargedStatuses: readonly AttendanceStatus[];
}
