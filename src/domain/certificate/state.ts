import type { AttendanceStatus } from '../../kernel/attendance.ts';
import type { CivilDate } from '../../kernel/civil-date.ts';
import { unreachable } from '../../kernel/errors.ts';
import type { Kopecks } from '../../kernel/money.ts';
import type { CertificateEvent } from './events.ts';

/** What decisions about one certificate need to know. Figures are kopecks, dates civil dates. */
export interface CertificateState {
  certificate?: IssuedCertificate;
  closedOn?: CivilDate;
  readonly freezes: Freeze[];
  readonly periods: Map<string, PeriodState>;
  readonly contracts: Map<string, ContractState>;
}

export interface IssuedCertificate {
  readonly certificateId: string;
  readonly payerId: string;
  readonly groupId: string;
  readonly validFrom: CivilDate;
  readonly validUntil: CivilDate;
}

/** Frozen on dates `from ≤ d < until`; without `until` the freeze is open (SPEC section 3). */
export interface Freeze {
  readonly from: CivilDate;
  until?: CivilDate;
}

export interface PeriodState {
  readonly periodId: string;
  readonly until: CivilDate;
  readonly toppedUpOn: CivilDate;
  nominal: Kopecks;
  available: Kopecks;
  closed: boolean;
}

export interface ContractState {
  readonly contractId: string;
  readonly periodId: string;
  readonly providerId: string;
  readonly programmeId: string;
  readonly moduleId: string;
  readonly agreementId: string;
  readonly blockedOn: CivilDate;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly lessons: number;
  readonly share: Kopecks;
  charged: Kopecks;
  chargesInForce: number;
  terminatedOn?: CivilDate;
  /** The effective date of the first release. */
  releasedOn?: CivilDate;
  released: Kopecks;
  /** Left out once the contract is archived: released, and its period closed. Its lessons then stay in the stream. */
  recorded?: Map<string, RecordedLesson>;
}

/** A lesson as it stands after the last event about it. */
export interface RecordedLesson {
  readonly date: CivilDate;
  readonly status: AttendanceStatus;
  readonly result: LessonResult;
  /** The charge in force; 0 where there is none. */
  readonly amount: Kopecks;
}

/** `void` after reverseLesson; `takenBack` when a freeze, termination or closing has reversed the charge. */
export type LessonResult = 'charged' | 'status' | 'frozen' | 'takenBack' | 'void';

export function initialCertificateState(): CertificateState {
  return { freezes: [], periods: new Map(), contracts: new Map() };
}

/** The last day of a contract: the earliest of its until, its termination and the certificate's closing. */
export function endOf(contract: ContractState, state: CertificateState): CivilDate {
  let end = contract.until;
  if (contract.terminatedOn !== undefined && contract.terminatedOn < end) end = contract.terminatedOn;
  if (state.closedOn !== undefined && state.closedOn < end) end = state.closedOn;
  return end;
}

/** Whether the certificate is frozen on a date. */
export function isFrozenOn(date: CivilDate, freezes: readonly Freeze[]): boolean {
  return freezes.some((freeze) => freeze.from <= date && (freeze.until === undefined || date < freeze.until));
}

/** What remains blocked of a contract's share. */
export function blockedOf(contract: ContractState): Kopecks {
  return contract.share - contract.charged - contract.released;
}

/** Folds one event into the state, which it may change: the caller owns it. */
export function evolveCertificate(state: CertificateState, event: CertificateEvent): CertificateState {
  switch (event.type) {
    case 'CertificateIssued':
      state.certificate = event;
      return state;
    case 'NominalToppedUp':
      state.periods.set(event.periodId, {
        periodId: event.periodId,
        until: event.until,
        toppedUpOn: event.effectiveOn,
        nominal: event.amount,
        available: event.amount,
        closed: false,
      });
      return state;
    case 'NominalAdjusted': {
      const period = periodOf(state, event.periodId);
      period.available += event.nominal - period.nominal;
      period.nominal = event.nominal;
      return state;
    }
    case 'CourseBlocked':
      return block(state, event);
    case 'LessonCharged': {
      const contract = contractOf(state, event.contractId);
      contract.charged += event.amount;
      contract.chargesInForce += 1;
      contract.recorded?.set(event.lessonId, {
        date: event.effectiveOn,
        status: event.status,
        result: 'charged',
        amount: event.amount,
      });
      return state;
    }
    case 'LessonNotCharged':
      contractOf(state, event.contractId).recorded?.set(event.lessonId, {
        date: event.effectiveOn,
        status: event.status,
        result: event.because,
        amount: 0,
      });
      return state;
    case 'LessonChargeReversed':
      return reverse(state, event);
    case 'CertificateFrozen':
      state.freezes.push(
        event.until === undefined ? { from: event.effectiveOn } : { from: event.effectiveOn, until: event.until },
      );
      return state;
    case 'CertificateUnfrozen': {
      const open = state.freezes.find((freeze) => freeze.until === undefined);
      if (open !== undefined) open.until = event.effectiveOn;
      return state;
    }
    case 'ContractTerminated':
      contractOf(state, event.contractId).terminatedOn = event.effectiveOn;
      return state;
    case 'BlockReleased': {
      const contract = contractOf(state, event.contractId);
      contract.released += event.amount;
      contract.releasedOn ??= event.effectiveOn;
      periodOf(state, contract.periodId).available += event.amount;
      return state;
    }
    case 'PeriodClosed': {
      const period = periodOf(state, event.periodId);
      period.available -= event.amount;
      period.closed = true;
      return state;
    }
    case 'CertificateClosed':
      state.closedOn = event.effectiveOn;
      return state;
    default:
      return unreachable(event);
  }
}

/**
 * Lets go of the lessons of contracts that are released and whose period is closed. They make up nearly all of an old
 * certificate's state and are asked for so seldom that they are read from the stream then.
 */
export function archiveClosedContracts(state: CertificateState): CertificateState {
  for (const contract of state.contracts.values()) {
    if (isArchivable(contract, state)) delete contract.recorded;
  }
  return state;
}

/** Whether a contract's lessons need no longer be held in memory. */
export function isArchivable(contract: ContractState, state: CertificateState): boolean {
  return contract.releasedOn !== undefined && periodOf(state, contract.periodId).closed;
}

/** The period of that id, which an event of the stream has named before. */
export function periodOf(state: CertificateState, periodId: string): PeriodState {
  const period = state.periods.get(periodId);
  if (period === undefined) throw new RangeError(`the stream names the period ${periodId} before its top-up`);
  return period;
}

function contractOf(state: CertificateState, contractId: string): ContractState {
  const contract = state.contracts.get(contractId);
  if (contract === undefined) throw new RangeError(`the stream names the contract ${contractId} before its block`);
  return contract;
}

function block(state: CertificateState, event: CertificateEvent & { type: 'CourseBlocked' }): CertificateState {
  state.contracts.set(event.contractId, {
    contractId: event.contractId,
    periodId: event.periodId,
    providerId: event.providerId,
    programmeId: event.programmeId,
    moduleId: event.moduleId,
    agreementId: event.agreementId,
    blockedOn: event.effectiveOn,
    from: event.from,
    until: event.until,
    lessons: event.lessons,
    share: event.share,
    charged: 0,
    chargesInForce: 0,
    released: 0,
    recorded: new Map(),
  });
  periodOf(state, event.periodId).available -= event.share;
  return state;
}

function reverse(
  state: CertificateState,
  event: CertificateEvent & { type: 'LessonChargeReversed' },
): CertificateState {
  const contract = contractOf(state, event.contractId);
  contract.charged -= event.amount;
  contract.chargesInForce -= 1;
  const lesson = contract.recorded?.get(event.lessonId);
  if (lesson !== undefined) {
    contract.recorded?.set(event.lessonId, {
      date: lesson.date,
      status: lesson.status,
      result: event.cause === 'reversal' ? 'void' : 'takenBack',
      amount: 0,
    });
  }
  return state;
}
