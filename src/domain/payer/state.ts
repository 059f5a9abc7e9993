import type { AttendanceStatus } from '../../kernel/attendance.ts';
import type { CivilDate } from '../../kernel/civil-date.ts';
import { unreachable } from '../../kernel/errors.ts';
import type { Kopecks } from '../../kernel/money.ts';
import type { PayerEvent } from './events.ts';

export interface PayerState {
  payer?: { readonly payerId: string; readonly zone: string; readonly chargedStatuses: readonly AttendanceStatus[] };
  readonly periods: Map<string, FundingPeriod>;
  readonly groups: Map<string, CertificateGroup>;
}

export interface FundingPeriod {
  readonly periodId: string;
  readonly from: CivilDate;
  readonly until: CivilDate;
  closed: boolean;
}

export interface CertificateGroup {
  readonly groupId: string;
  readonly kind: 'funding' | 'accounting';
  readonly limitCount?: number | undefined;
  readonly limitAmount?: Kopecks | undefined;
  /** The nominal per period. */
  readonly nominals: Map<string, Kopecks>;
}

export function initialPayerState(): PayerState {
  return { periods: new Map(), groups: new Map() };
}

/** Folds one event into the state, which it may change: the caller owns it. */
export function evolvePayer(state: PayerState, event: PayerEvent): PayerState {
  switch (event.type) {
    case 'PayerRegistered':
      state.payer = event;
      return state;
    case 'PayerDetailsChanged':
      return state;
    case 'FundingPeriodOpened': {
      const { periodId, from, until } = event;
      state.periods.set(periodId, { periodId, from, until, closed: false });
      return state;
    }
    case 'FundingPeriodClosed': {
      const period = state.periods.get(event.periodId);
      if (period !== undefined) period.closed = true;
      return state;
    }
    case 'CertificateGroupDefined':
      state.groups.set(event.groupId, { ...event, nominals: new Map() });
      return state;
    case 'GroupNominalSet':
      state.groups.get(event.groupId)?.nominals.set(event.periodId, event.nominal);
      return state;
    default:
      return unreachable(event);
  }
}
