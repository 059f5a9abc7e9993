import { addDays, birthday, laterOf } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import type { Kopecks } from '../../kernel/money.ts';
import { formatMoney } from '../../kernel/money.ts';
import type { AdjustNominal, IssueCertificate, TopUpNominal } from './commands.ts';
import type { CertificateEvent } from './events.ts';
import type { IssueFacts, NominalFacts } from './facts.ts';
import type { CertificateState, IssuedCertificate } from './state.ts';

/** Issues a certificate to a child of 5 to 17 years; valid until the day before the 18th birthday (SPEC section 3). */
export function issueCertificate(
  command: IssueCertificate,
  facts: IssueFacts,
  state: CertificateState,
): CertificateEvent[] {
  const { certificateId, payerId, groupId, holderId, birthDate, issuedOn } = command;
  if (state.certificate !== undefined) {
    refuse(
      'certificate.already_exists',
      `certificate ${certificateId} has been issued on ${state.certificate.validFrom}`,
    );
  }
  if (!facts.payerKnown) refuse('payer.not_found', `there is no payer ${payerId}`);
  if (facts.group === undefined) refuse('group.not_found', `payer ${payerId} has no group ${groupId}`);
  const eighteenth = birthday(birthDate, 18);
  if (issuedOn < birthday(birthDate, 5) || issuedOn >= eighteenth) {
    refuse('certificate.age_out_of_range', `on ${issuedOn} the child is not between 5 and 17 years old`);
  }
  refuseFutureDate('issuedOn', issuedOn, facts);
  return [
    {
      type: 'CertificateIssued',
      effectiveOn: issuedOn,
      certificateId,
      payerId,
      groupId,
      holderId,
      validFrom: issuedOn,
      validUntil: addDays(eighteenth, -1),
    },
  ];
}

/** Tops up the nominal of one period, once, within the group's limits (SPEC section 3). */
export function topUpNominal(command: TopUpNominal, facts: NominalFacts, state: CertificateState): CertificateEvent[] {
  const { certificateId, periodId, on } = command;
  const certificate = issued(state, certificateId);
  const { period, group } = facts;
  if (period === undefined) refuse('period.not_found', `payer ${certificate.payerId} has no period ${periodId}`);
  if (state.closedOn !== undefined) refuseClosed(certificateId, state.closedOn);
  if (period.closed) refuse('period.not_open', `period ${periodId} has been closed`);
  const earliest = laterOf(certificate.validFrom, on ?? certificate.validFrom);
  if (earliest > period.until) {
    refuse('period.not_open', `${earliest} lies after the last day of period ${periodId}, ${period.until}`);
  }
  if (group.kind !== 'funding')
    refuse('group.not_funding', `group ${group.groupId} keeps account only, it funds nothing`);
  const known = state.periods.get(periodId);
  if (known !== undefined) {
    refuse('nominal.already_topped_up', `period ${periodId} has been topped up with ${formatMoney(known.nominal)}`);
  }
  const amount = command.amount ?? facts.groupNominal;
  if (amount === undefined) {
    refuse('nominal.not_set', `group ${group.groupId} has no nominal for period ${periodId}, and no amount is given`);
  }
  if (group.limitCount !== undefined && facts.places.count >= group.limitCount) {
    refuse(
      'group.limit_reached',
      `group ${group.groupId} has ${facts.places.count} of ${group.limitCount} certificates`,
    );
  }
  refuseOverGroupLimit(amount, facts);
  if (on !== undefined) refuseFutureDate('on', on, facts);
  const effectiveOn = laterOf(period.from, earliest);
  return [{ type: 'NominalToppedUp', effectiveOn, periodId, from: period.from, until: period.until, amount }];
}

/** Sets another nominal for a topped-up period; what is available moves by the difference (SPEC section 3). */
export function adjustNominal(
  command: AdjustNominal,
  facts: NominalFacts,
  state: CertificateState,
): CertificateEvent[] {
  const { certificateId, periodId, nominal, on, reason } = command;
  const certificate = issued(state, certificateId);
  if (facts.period === undefined) refuse('period.not_found', `payer ${certificate.payerId} has no period ${periodId}`);
  if (state.closedOn !== undefined) refuseClosed(certificateId, state.closedOn);
  if (facts.period.closed) refuse('period.not_open', `period ${periodId} has been closed`);
  const known = state.periods.get(periodId);
  if (known === undefined)
    refuse('nominal.not_set', `certificate ${certificateId} has no top-up in period ${periodId}`);
  refuseOverGroupLimit(nominal, facts);
  const available = known.available + nominal - known.nominal;
  if (available < 0) {
    refuse(
      'balance.insufficient',
      `a nominal of ${formatMoney(nominal)} instead of ${formatMoney(known.nominal)} would leave ${formatMoney(available)} available`,
    );
  }
  refuseFutureDate('on', on, facts);
  const effectiveOn = laterOf(on, known.toppedUpOn);
  return [{ type: 'NominalAdjusted', effectiveOn, periodId, nominal, previous: known.nominal, reason }];
}

function refuseOverGroupLimit(amount: Kopecks, { group, places }: NominalFacts): void {
  if (group.limitAmount === undefined || places.sum + amount <= group.limitAmount) return;
  refuse(
    'group.limit_reached',
    `${formatMoney(places.sum)} and ${formatMoney(amount)} pass the limit ${formatMoney(group.limitAmount)} of group ${group.groupId}`,
  );
}

/** The issued certificate, or the refusal that there is none. */
export function issued(state: CertificateState, certificateId: string): IssuedCertificate {
  if (state.certificate === undefined) refuse('certificate.not_found', `there is no certificate ${certificateId}`);
  return state.certificate;
}

/** Refuses what a closed certificate no longer takes. */
export function refuseClosed(certificateId: string, closedOn: string): never {
  refuse('certificate.closed', `certificate ${certificateId} has been closed on ${closedOn}`);
}
