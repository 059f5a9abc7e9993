import type { CivilDate } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import type { DecideCertification, RecordExpertReview, SubmitProgramme } from './commands.ts';
import type { ProgrammeEvent } from './events.ts';
import type { ProgrammeState } from './state.ts';

interface Day {
  readonly today: CivilDate;
}

/** Two experts review a programme before the operator decides (SPEC section 7). */
const REVIEWS_NEEDED = 2;

/** Submits a programme, or submits it again after `revision` by the same provider (SPEC section 7). */
export function submitProgramme(
  command: SubmitProgramme,
  { today, providerKnown }: Day & { readonly providerKnown: boolean },
  state: ProgrammeState,
): ProgrammeEvent[] {
  const { programmeId, providerId, name, direction, ageFrom, ageTo, modules } = command;
  const again = state.outcome === 'revision' && state.programme?.providerId === providerId;
  if (state.programme !== undefined && !again) {
    refuse('programme.already_exists', `programme ${programmeId} has been submitted by ${state.programme.providerId}`);
  }
  if (!providerKnown) refuse('provider.not_found', `there is no provider ${providerId}`);
  const programme = { programmeId, providerId, name, direction, ageFrom, ageTo, modules };
  return [{ type: 'ProgrammeSubmitted', effectiveOn: today, ...programme }];
}

/** Records an expert's review; a second one of the same expert replaces the first (SPEC section 7). */
export function recordExpertReview(
  command: RecordExpertReview,
  { today }: Day,
  state: ProgrammeState,
): ProgrammeEvent[] {
  refuseUnknownOrRefused(command.programmeId, state);
  const { expertId, verdict, remarks = [] } = command;
  return [{ type: 'ExpertReviewRecorded', effectiveOn: today, expertId, verdict, remarks }];
}

/** Records the operator's decision, which needs the reviews of two experts (SPEC section 7). */
export function decideCertification(command: DecideCertification, day: Day, state: ProgrammeState): ProgrammeEvent[] {
  refuseUnknownOrRefused(command.programmeId, state);
  if (state.experts.size < REVIEWS_NEEDED) {
    refuse(
      'programme.reviews_missing',
      `programme ${command.programmeId} has ${state.experts.size} of ${REVIEWS_NEEDED} reviews`,
    );
  }
  refuseFutureDate('on', command.on, day);
  return [{ type: 'CertificationDecided', effectiveOn: command.on, outcome: command.outcome }];
}

function refuseUnknownOrRefused(programmeId: string, state: ProgrammeState): void {
  if (state.programme === undefined) refuse('programme.not_found', `there is no programme ${programmeId}`);
  if (state.outcome === 'refused') {
    refuse('programme.not_certified', `programme ${programmeId} has been refused, and that is final`);
  }
}
