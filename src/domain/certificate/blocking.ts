import { refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import type { Kopecks } from '../../kernel/money.ts';
import { formatMoney } from '../../kernel/money.ts';
import type { BlockCourse } from './commands.ts';
import type { CertificateEvent } from './events.ts';
import type { AgreementFacts, BlockFacts, FundingPeriodFacts } from './facts.ts';
import { issued, refuseClosed } from './issuing.ts';
import type { CertificateState, IssuedCertificate } from './state.ts';
import { endOf, isFrozenOn } from './state.ts';

/** With co-payment the certificate has to bear at least one rouble (SPEC section 4, rule 5). */
const LEAST_SHARE: Kopecks = 100;

/** Blocks the certificate's share of a whole course. The checks and their order are those of SPEC section 4. */
export function blockCourse(command: BlockCourse, facts: BlockFacts, state: CertificateState): CertificateEvent[] {
  const { agreement, normativePrice, certificate } = knownParties(command, facts, state);
  checkCertificate(command, facts, state, certificate);
  const period = periodOfTerm(command, facts.periods);
  checkProviderAndProgramme(command, facts);
  const full = Math.min(command.price, normativePrice);
  const share = shareOf(full, command, period.periodId, state);
  checkAgreement(command, agreement, certificate.payerId, share);
  checkDuplicates(command, facts, state);
  const money = moneyFor(full, command, period.periodId, state);
  refuseFutureDate('date', command.date, facts);
  return [
    {
      type: 'CourseBlocked',
      effectiveOn: command.date > money.toppedUpOn ? command.date : money.toppedUpOn,
      contractId: command.contractId,
      payerId: certificate.payerId,
      periodId: period.periodId,
      providerId: command.providerId,
      programmeId: command.programmeId,
      moduleId: command.moduleId,
      agreementId: command.agreementId,
      number: command.number,
      date: command.date,
      from: command.from,
      until: command.until,
      lessons: command.lessons,
      price: command.price,
      share,
      parentShare: command.price - share,
    },
  ];
}

/** Rule 0: the contract is new, and everybody it names is there. */
function knownParties(command: BlockCourse, facts: BlockFacts, state: CertificateState) {
  if (facts.contractKnown) refuse('contract.already_exists', `contract ${command.contractId} has been concluded`);
  const certificate = issued(state, command.certificateId);
  if (!facts.providerKnown) refuse('provider.not_found', `there is no provider ${command.providerId}`);
  if (!facts.programmeKnown) {
    refuse('programme.not_found', `provider ${command.providerId} has no programme ${command.programmeId}`);
  }
  if (facts.normativePrice === undefined) {
    refuse('module.not_found', `programme ${command.programmeId} has no module ${command.moduleId}`);
  }
  if (facts.agreement === undefined) refuse('agreement.not_found', `there is no agreement ${command.agreementId}`);
  return { certificate, normativePrice: facts.normativePrice, agreement: facts.agreement };
}

/** Rule 1: the certificate is open, not frozen, valid and funded. */
function checkCertificate(
  command: BlockCourse,
  facts: BlockFacts,
  state: CertificateState,
  certificate: IssuedCertificate,
): void {
  if (state.closedOn !== undefined) refuseClosed(command.certificateId, state.closedOn);
  if (isFrozenOn(command.date, state.freezes)) {
    refuse('certificate.frozen', `certificate ${command.certificateId} is frozen on ${command.date}`);
  }
  if (certificate.validFrom > command.date) {
    refuse(
      'certificate.not_valid',
      `certificate ${command.certificateId} was issued on ${certificate.validFrom}, after the contract's date ${command.date}`,
    );
  }
  if (command.until > certificate.validUntil) {
    // The last day of validity tells the birth date, so the sentence does not name it.
    refuse(
      'certificate.not_valid',
      `certificate ${command.certificateId} is no longer valid on ${command.until}, the last day of the contract`,
    );
  }
  if (facts.group?.kind !== 'funding') {
    refuse('group.not_funding', `group ${certificate.groupId} keeps account only, it funds nothing`);
  }
}

/** Rule 2: the term lies inside one period, and that period is not closed. */
function periodOfTerm(command: BlockCourse, periods: readonly FundingPeriodFacts[]): FundingPeriodFacts {
  const period = periods.find(({ from, until }) => from <= command.from && command.until <= until);
  if (period === undefined) {
    refuse('contract.spans_periods', `${command.from} to ${command.until} lies inside no single funding period`);
  }
  if (period.closed) refuse('period.not_open', `period ${period.periodId} has been closed`);
  return period;
}

/** Rule 3, first half. */
function checkProviderAndProgramme(command: BlockCourse, facts: BlockFacts): void {
  if (facts.suspended) {
    refuse('provider.suspended', `provider ${command.providerId} is suspended on ${command.date}`);
  }
  if (!facts.certified) {
    refuse('programme.not_certified', `programme ${command.programmeId} is not certified on ${command.date}`);
  }
}

/** Rule 3, second half: the agreement is in force, between these two, and has room for the share. */
function checkAgreement(command: BlockCourse, agreement: AgreementFacts, payerId: string, share: Kopecks): void {
  const { from, until, totalLimit, inUse } = agreement;
  if (command.date < from || command.date > until) {
    refuse(
      'agreement.not_active',
      `agreement ${command.agreementId} runs from ${from} to ${until}, not on ${command.date}`,
    );
  }
  if (agreement.payerId !== payerId || agreement.providerId !== command.providerId) {
    refuse(
      'agreement.not_active',
      `agreement ${command.agreementId} is not one of payer ${payerId} and provider ${command.providerId}`,
    );
  }
  if (totalLimit !== undefined && inUse + share > totalLimit) {
    refuse(
      'agreement.limit_reached',
      `${formatMoney(inUse)} in use and ${formatMoney(share)} pass the limit ${formatMoney(totalLimit)} of agreement ${command.agreementId}`,
    );
  }
}

/** Rule 4: no second contract for the module on the same days, and a number the provider has not used that year. */
function checkDuplicates(command: BlockCourse, facts: BlockFacts, state: CertificateState): void {
  for (const other of state.contracts.values()) {
    if (other.programmeId !== command.programmeId || other.moduleId !== command.moduleId) continue;
    if (other.releasedOn !== undefined) continue;
    const end = endOf(other, state);
    // A contract that ended before its first day has no day to share.
    if (other.from <= end && other.from <= command.until && command.from <= end) {
      refuse('contract.duplicate_module', `contract ${other.contractId} is for the same module on some of these days`);
    }
  }
  if (facts.numberTaken) {
    refuse(
      'contract.number_taken',
      `provider ${command.providerId} has a contract number ${command.number} in ${command.date.slice(0, 4)}`,
    );
  }
}

function shareOf(full: Kopecks, command: BlockCourse, periodId: string, state: CertificateState): Kopecks {
  const available = state.periods.get(periodId)?.available ?? 0;
  return available < full && command.coPayment === true ? available : full;
}

/** Rule 5: the money is there on the first day of the contract. */
function moneyFor(full: Kopecks, command: BlockCourse, periodId: string, state: CertificateState) {
  const money = state.periods.get(periodId);
  if (money === undefined) {
    refuse('balance.insufficient', `0.00 is available in period ${periodId}, ${formatMoney(full)} is needed`);
  }
  if (money.toppedUpOn > command.from) {
    refuse(
      'nominal.not_set',
      `the top-up of period ${periodId} counts from ${money.toppedUpOn}, after ${command.from}`,
    );
  }
  const least = command.coPayment === true ? Math.min(full, LEAST_SHARE) : full;
  if (money.available < least) {
    refuse(
      'balance.insufficient',
      `${formatMoney(money.available)} is available in period ${periodId}, ${formatMoney(least)} is needed`,
    );
  }
  return money;
}
