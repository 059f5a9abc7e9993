import type { AttendanceStatus } from '../../kernel/attendance.ts';
import type { CivilDate } from '../../kernel/civil-date.ts';
import { laterOf } from '../../kernel/civil-date.ts';
import { LedgerError, refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import type { Kopecks } from '../../kernel/money.ts';
import { proportion } from '../../kernel/money.ts';
import type { AttendanceEntry, CorrectAttendance, ReverseLesson } from './commands.ts';
import type { CertificateEvent } from './events.ts';
import type { LessonFacts } from './facts.ts';
import type { CertificateState, ContractState, RecordedLesson } from './state.ts';
import { endOf, isFrozenOn, periodOf } from './state.ts';

/** What became of one contract of a lesson's attendance list (SPEC section 5). */
export type LessonResult =
  | { readonly contractId: string; readonly result: 'charged'; readonly amount: Kopecks }
  | { readonly contractId: string; readonly result: 'notCharged'; readonly reason: 'status' | 'frozen' }
  | { readonly contractId: string; readonly result: 'alreadyRecorded' }
  | { readonly contractId: string; readonly result: 'refused'; readonly error: LedgerError };

/** One entry of a lesson, judged: at most one event, and the result the outcome names. */
export interface JudgedLesson {
  readonly event?: CertificateEvent;
  readonly result: LessonResult;
}

/** Judges one contract of a lesson's attendance list; never throws a refusal, it is part of the outcome (SPEC section 5). */
export function recordLesson(
  lesson: { readonly lessonId: string; readonly date: CivilDate },
  entry: AttendanceEntry,
  facts: LessonFacts,
  state: CertificateState,
): JudgedLesson {
  try {
    return judgeEntry(lesson, entry, facts, state);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { result: { contractId: entry.contractId, result: 'refused', error } };
  }
}

/** Judges a recorded lesson anew with the given status and what is known now (SPEC sections 3 and 11). */
export function correctAttendance(
  command: CorrectAttendance,
  facts: LessonFacts,
  state: CertificateState,
): CertificateEvent[] {
  const { lessonId, contractId, status, reason } = command;
  const contract = knownContract(contractId, state);
  const lesson = knownLesson(lessonId, contract);
  if (lesson.result === 'void') {
    refuse('lesson.already_reversed', `lesson ${lessonId} has been reversed for contract ${contractId}`);
  }
  const inForce = lesson.result === 'charged' ? 1 : 0;
  const verdict = judge(lesson.date, status, facts, state, contract, {
    charges: contract.chargesInForce - inForce,
    charged: contract.charged - lesson.amount,
  });
  // A charge that a freeze has taken back stands like a lesson noted as frozen.
  const before = lesson.result === 'takenBack' ? 'frozen' : lesson.result;
  if (lesson.status === status && before === verdict.result) {
    refuse('lesson.unchanged', `lesson ${lessonId} stands as ${status}, ${before}, for contract ${contractId}`);
  }
  refuseFutureDate('on', command.on, facts);
  const judged = verdictEvent(verdict, { lessonId, contractId, date: lesson.date, status, reason });
  if (inForce === 0) return [judged];
  const { amount, date } = lesson;
  return [
    { type: 'LessonChargeReversed', effectiveOn: date, contractId, lessonId, amount, cause: 'correction', reason },
    judged,
  ];
}

/** Takes back exactly the amount charged; the lesson is void for that contract (SPEC section 3). */
export function reverseLesson(command: ReverseLesson, facts: LessonFacts, state: CertificateState): CertificateEvent[] {
  const { lessonId, contractId, reason } = command;
  const contract = knownContract(contractId, state);
  const lesson = knownLesson(lessonId, contract);
  if (lesson.result === 'status' || lesson.result === 'frozen') {
    refuse('lesson.not_charged', `lesson ${lessonId} was not charged for contract ${contractId}: ${lesson.result}`);
  }
  if (lesson.result !== 'charged') {
    refuse('lesson.already_reversed', `the charge of lesson ${lessonId} for contract ${contractId} has been reversed`);
  }
  refuseFutureDate('on', command.on, facts);
  return takeBack(lessonId, lesson, contract, state, { cause: 'reversal', reason });
}

/** Why a charge is taken back. */
export interface TakingBack {
  readonly cause: (CertificateEvent & { type: 'LessonChargeReversed' })['cause'];
  readonly reason?: string;
}

/**
 * The events that take one charge back. Where the block has been released the amount is released at once, and where the
 * period has been closed it also expires at once (SPEC section 3).
 */
export function takeBack(
  lessonId: string,
  { date, amount }: RecordedLesson,
  contract: ContractState,
  state: CertificateState,
  taking: TakingBack,
): CertificateEvent[] {
  const { contractId, periodId, releasedOn } = contract;
  const events: CertificateEvent[] = [
    { type: 'LessonChargeReversed', effectiveOn: date, contractId, lessonId, amount, ...taking },
  ];
  if (releasedOn === undefined) return events;
  events.push({ type: 'BlockReleased', effectiveOn: laterOf(date, releasedOn), contractId, amount });
  const period = periodOf(state, periodId);
  if (period.closed) events.push({ type: 'PeriodClosed', effectiveOn: period.until, periodId, amount });
  return events;
}

/** Takes back the charges in force of those lessons of a contract whose date the predicate names. */
export function takeBackLessons(
  contract: ContractState,
  state: CertificateState,
  taking: TakingBack,
  concerns: (date: CivilDate) => boolean,
): CertificateEvent[] {
  const events: CertificateEvent[] = [];
  for (const [lessonId, lesson] of contract.recorded ?? []) {
    if (lesson.result === 'charged' && concerns(lesson.date)) {
      events.push(...takeBack(lessonId, lesson, contract, state, taking));
    }
  }
  return events;
}

/** The contract, or the refusal that there is none. */
export function knownContract(contractId: string, state: CertificateState): ContractState {
  const contract = state.contracts.get(contractId);
  if (contract === undefined) refuse('contract.not_found', `there is no contract ${contractId}`);
  return contract;
}

function knownLesson(lessonId: string, contract: ContractState): RecordedLesson {
  const lesson = contract.recorded?.get(lessonId);
  if (lesson === undefined) {
    refuse('lesson.not_found', `lesson ${lessonId} has not been recorded for contract ${contract.contractId}`);
  }
  return lesson;
}

function judgeEntry(
  { lessonId, date }: { readonly lessonId: string; readonly date: CivilDate },
  { contractId, status }: AttendanceEntry,
  facts: LessonFacts,
  state: CertificateState,
): JudgedLesson {
  const contract = knownContract(contractId, state);
  const known = contract.recorded?.get(lessonId);
  if (known !== undefined) {
    if (known.date === date && known.status === status) return { result: { contractId, result: 'alreadyRecorded' } };
    refuse(
      'lesson.conflict',
      `lesson ${lessonId} stands as ${known.status} on ${known.date} for contract ${contractId}, not ${status} on ${date}`,
    );
  }
  const verdict = judge(date, status, facts, state, contract, {
    charges: contract.chargesInForce,
    charged: contract.charged,
  });
  refuseFutureDate('date', date, facts);
  const event = verdictEvent(verdict, { lessonId, contractId, date, status });
  return verdict.result === 'charged'
    ? { event, result: { contractId, result: 'charged', amount: verdict.amount } }
    : { event, result: { contractId, result: 'notCharged', reason: verdict.result } };
}

type Verdict = { readonly result: 'status' | 'frozen' } | { readonly result: 'charged'; readonly amount: Kopecks };

/** The checks of SPEC section 5 from outside_term on, and the charge: `max(0, round(S·(m+1)/N) − c)`. */
function judge(
  date: CivilDate,
  status: AttendanceStatus,
  facts: LessonFacts,
  state: CertificateState,
  contract: ContractState,
  before: { readonly charges: number; readonly charged: Kopecks },
): Verdict {
  const { contractId, from, lessons, share } = contract;
  const end = endOf(contract, state);
  if (date < from || date > end) {
    refuse('contract.outside_term', `${date} lies outside the term of contract ${contractId}, ${from} to ${end}`);
  }
  if (contract.releasedOn !== undefined) {
    refuse('contract.block_released', `the block of contract ${contractId} has been released`);
  }
  if (!facts.chargedStatuses.includes(status)) return { result: 'status' };
  if (isFrozenOn(date, state.freezes)) return { result: 'frozen' };
  if (before.charges >= lessons) {
    refuse('contract.lessons_exhausted', `all ${lessons} lessons of contract ${contractId} are charged`);
  }
  return { result: 'charged', amount: Math.max(0, proportion(share, before.charges + 1, lessons) - before.charged) };
}

interface LessonFields {
  readonly lessonId: string;
  readonly contractId: string;
  readonly date: CivilDate;
  readonly status: AttendanceStatus;
  readonly reason?: string;
}

function verdictEvent(
  verdict: Verdict,
  { lessonId, contractId, date, status, reason }: LessonFields,
): CertificateEvent {
  const because = reason === undefined ? {} : { reason };
  return verdict.result === 'charged'
    ? { type: 'LessonCharged', effectiveOn: date, contractId, lessonId, status, amount: verdict.amount, ...because }
    : {
        type: 'LessonNotCharged',
        effectiveOn: date,
        contractId,
        lessonId,
        status,
        because: verdict.result,
        ...because,
      };
}
