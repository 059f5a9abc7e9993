import type { CivilDate } from '../../kernel/civil-date.ts';
import { unreachable } from '../../kernel/errors.ts';
import type { Kopecks } from '../../kernel/money.ts';
import type { ProgrammeEvent } from './events.ts';

export type CertificationOutcome = 'certified' | 'revision' | 'refused';

export interface ProgrammeState {
  programme?: { readonly programmeId: string; readonly providerId: string };
  /** The normative price per module, as last submitted. */
  normativePrices: Map<string, Kopecks>;
  /** The experts who have reviewed it since it was last submitted. */
  experts: Set<string>;
  /** In order of recording. */
  readonly decisions: { readonly on: CivilDate; readonly outcome: CertificationOutcome }[];
  /** Undefined before the first decision and after every submission. */
  outcome: CertificationOutcome | undefined;
}

export function initialProgrammeState(): ProgrammeState {
  return { normativePrices: new Map(), experts: new Set(), decisions: [], outcome: undefined };
}

/** Whether the last recorded of the decisions with `on` ≤ the date is `certified` (SPEC section 4, rule 3). */
export function isCertifiedOn(date: CivilDate, state: ProgrammeState): boolean {
  return state.decisions.findLast(({ on }) => on <= date)?.outcome === 'certified';
}

/** Folds one event into the state, which it may change: the caller owns it. */
export function evolveProgramme(state: ProgrammeState, event: ProgrammeEvent): ProgrammeState {
  switch (event.type) {
    case 'ProgrammeSubmitted':
      state.programme = event;
      state.normativePrices = new Map(event.modules.map((module) => [module.moduleId, module.normativePrice]));
      state.experts = new Set();
      state.outcome = undefined;
      return state;
    case 'ExpertReviewRecorded':
      state.experts.add(event.expertId);
      return state;
    case 'CertificationDecided':
      state.decisions.push({ on: event.effectiveOn, outcome: event.outcome });
      state.outcome = event.outcome;
      return state;
    default:
      return unreachable(event);
  }
}
