import type { CivilDate } from '../../kernel/civil-date.ts';
import { unreachable } from '../../kernel/errors.ts';
import type { Kopecks } from '../../kernel/money.ts';
import type { AgreementEvent } from './events.ts';

export interface AgreementState {
  agreement?: {
    readonly agreementId: string;
    readonly payerId: string;
    readonly providerId: string;
    readonly number: string;
    readonly from: CivilDate;
    readonly until: CivilDate;
    readonly totalLimit?: Kopecks | undefined;
  };
}

export function initialAgreementState(): AgreementState {
  return {};
}

/** Folds one event into the state, which it may change: the caller owns it. */
export function evolveAgreement(state: AgreementState, event: AgreementEvent): AgreementState {
  switch (event.type) {
    case 'AgreementConcluded':
      return { agreement: event };
    case 'AgreementAmended': {
      if (state.agreement === undefined) return state;
      const { until = state.agreement.until, totalLimit = state.agreement.totalLimit } = event;
      return { agreement: { ...state.agreement, until, ...(totalLimit === undefined ? {} : { totalLimit }) } };
    }
    default:
      return unreachable(event);
  }
}
