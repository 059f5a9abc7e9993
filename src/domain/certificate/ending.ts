import type { CivilDate } from '../../kernel/civil-date.ts';
import { earlierOf, lastDayOf, laterOf, monthOf } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import type { Kopecks } from '../../kernel/money.ts';
import { knownContract, takeBackLessons } from './charging.ts';
import type {
  CloseCertificate,
  FreezeCertificate,
  ReleaseBlock,
  TerminateContract,
  UnfreezeCertificate,
} from './commands.ts';
import type { CertificateEvent } from './events.ts';
import type { DayFacts } from './facts.ts';
import { issued, refuseClosed } from './issuing.ts';
import type { CertificateState, ContractState } from './state.ts';
import { blockedOf, periodOf } from './state.ts';

/** Freezes the certificate; a back-dated freeze takes back the charges of lessons inside it (SPEC section 3). */
export function freezeCertificate(command: FreezeCertificate, state: CertificateState): CertificateEvent[] {
  const { certificateId, from, until, reason, document } = command;
  issued(state, certificateId);
  if (state.closedOn !== undefined) refuseClosed(certificateId, state.closedOn);
  for (const freeze of state.freezes) {
    if ((freeze.until === undefined || from < freeze.until) && (until === undefined || freeze.from < until)) {
      refuse(
        'freeze.overlaps',
        `certificate ${certificateId} is frozen from ${freeze.from} until ${freeze.until ?? 'further notice'}`,
      );
    }
  }
  const frozen: CertificateEvent = {
    type: 'CertificateFrozen',
    effectiveOn: from,
    ...(until === undefined ? {} : { until }),
    reason,
    ...(document === undefined ? {} : { document }),
  };
  const inside = (date: CivilDate) => from <= date && (until === undefined || date < until);
  const reversals = [...state.contracts.values()].flatMap((contract) =>
    takeBackLessons(contract, state, { cause: 'freeze' }, inside),
  );
  return [frozen, ...reversals];
}

/** Ends the open freeze at `on`, which has to lie after its first day (SPEC section 3). */
export function unfreezeCertificate(
  command: UnfreezeCertificate,
  facts: DayFacts,
  state: CertificateState,
): CertificateEvent[] {
  const { certificateId, on } = command;
  issued(state, certificateId);
  if (state.closedOn !== undefined) refuseClosed(certificateId, state.closedOn);
  const open = state.freezes.find((freeze) => freeze.until === undefined);
  if (open === undefined) refuse('freeze.not_open', `certificate ${certificateId} has no freeze without an end`);
  if (on <= open.from) refuse('freeze.not_open', `${on} does not lie after ${open.from}, the first day of the freeze`);
  refuseFutureDate('on', on, facts);
  return [{ type: 'CertificateUnfrozen', effectiveOn: on }];
}

/** Ends a contract, by default on the last day of the notice's month; later charges are taken back (SPEC section 3). */
export function terminateContract(
  command: TerminateContract,
  facts: DayFacts,
  state: CertificateState,
): CertificateEvent[] {
  const { contractId, noticeOn, initiator, reason } = command;
  const contract = knownContract(contractId, state);
  if (contract.terminatedOn !== undefined) {
    refuse('contract.terminated', `contract ${contractId} has been terminated as of ${contract.terminatedOn}`);
  }
  refuseFutureDate('noticeOn', noticeOn, facts);
  const effectiveOn = command.effectiveOn ?? lastDayOf(monthOf(noticeOn));
  return [
    { type: 'ContractTerminated', effectiveOn, contractId, noticeOn, initiator, reason },
    ...takeBackLessons(contract, state, { cause: 'termination' }, (date) => date > effectiveOn),
  ];
}

/** Makes the whole remainder of an ended, or never charged, contract available again (SPEC section 3). */
export function releaseBlock(command: ReleaseBlock, facts: DayFacts, state: CertificateState): CertificateEvent[] {
  const { contractId, on } = command;
  const contract = knownContract(contractId, state);
  if (contract.releasedOn !== undefined) {
    refuse('contract.block_released', `the block of contract ${contractId} has been released`);
  }
  const ended = contract.until < on || (contract.terminatedOn !== undefined && contract.terminatedOn < on);
  if (!ended && contract.chargesInForce > 0) {
    const end = earlierOf(contract.until, contract.terminatedOn ?? contract.until);
    refuse(
      'contract.not_ended',
      `contract ${contractId} runs until ${end}, and ${contract.chargesInForce} charges are in force`,
    );
  }
  refuseFutureDate('on', on, facts);
  return [released(contract, on, blockedOf(contract), state)];
}

/** Closes the certificate: contracts end that day, later charges are taken back, blocks released (SPEC section 3). */
export function closeCertificate(
  command: CloseCertificate,
  facts: DayFacts,
  state: CertificateState,
): CertificateEvent[] {
  const { certificateId, on, reason } = command;
  issued(state, certificateId);
  if (state.closedOn !== undefined) refuseClosed(certificateId, state.closedOn);
  refuseFutureDate('on', on, facts);
  const reversals: CertificateEvent[] = [];
  const releases: CertificateEvent[] = [];
  for (const contract of state.contracts.values()) {
    const later = takeBackLessons(contract, state, { cause: 'closing' }, (date) => date > on);
    reversals.push(...later);
    if (contract.releasedOn !== undefined) continue;
    const takenBack = later.reduce((sum, event) => sum + (event.type === 'LessonChargeReversed' ? event.amount : 0), 0);
    releases.push(released(contract, on, blockedOf(contract) + takenBack, state));
  }
  return [...reversals, ...releases, { type: 'CertificateClosed', effectiveOn: on, reason }];
}

/** What closing a period does to one certificate; nothing when it has been done (SPEC section 3). */
export function closePeriodOfCertificate(periodId: string, state: CertificateState): CertificateEvent[] {
  const period = state.periods.get(periodId);
  if (period === undefined || period.closed) return [];
  const events: CertificateEvent[] = [];
  let amount = period.available;
  for (const contract of state.contracts.values()) {
    if (contract.periodId !== periodId || contract.releasedOn !== undefined) continue;
    const rest = blockedOf(contract);
    events.push(released(contract, period.until, rest, state));
    amount += rest;
  }
  return [...events, { type: 'PeriodClosed', effectiveOn: period.until, periodId, amount }];
}

/** Every release counts no later than the period's last day and never before its block (SPEC section 3). */
function released(contract: ContractState, on: CivilDate, amount: Kopecks, state: CertificateState): CertificateEvent {
  const { until } = periodOf(state, contract.periodId);
  const effectiveOn = laterOf(earlierOf(on, until), contract.blockedOn);
  return { type: 'BlockReleased', effectiveOn, contractId: contract.contractId, amount };
}
