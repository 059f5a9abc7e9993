import { freezesOf } from './balance.ts';
import { ageOn, birthdayIn, later, plusDays, yearOf } from './calendar.ts';
import type { Body } from './command-shapes.ts';
import {
  availableIn,
  blockedIn,
  chargesInForce,
  contractsOf,
  isReleased,
  recordExpiry,
  recordRelease,
  reverseCharge,
  reverseChargesAfter,
} from './contracts.ts';
import type { FactOf } from './facts.ts';
import { closingOf, findCertificate, findGroup, findPayer, findPeriod, isPeriodClosed, topUpOf } from './lookups.ts';
import { parseMoney, sum } from './money.ts';
import { Refusal, refuseFuture, refuseIf, type World } from './world.ts';

export function issueCertificate(world: World, command: Body<'issueCertificate'>): void {
  const { certificateId, payerId, groupId, birthDate, issuedOn } = command;
  const known = world.ofCertificate(certificateId, 'CertificateIssued').length > 0;
  refuseIf(known, 'certificate.already_exists');
  const { zone } = findPayer(world, payerId);
  findGroup(world, payerId, groupId);
  const age = ageOn(issuedOn, birthDate);
  refuseIf(age < 5 || age > 17, 'certificate.age_out_of_range');
  refuseFuture(world, zone, issuedOn);
  const validUntil = plusDays(birthdayIn(Number(yearOf(birthDate)) + 18, birthDate), -1);
  world.record({ type: 'CertificateIssued', certificateId, payerId, groupId, issuedOn, validUntil });
}

/** The nominals of one group in one period, by certificate, as last adjusted. */
function nominalsOf(world: World, group: FactOf<'GroupDefined'>, periodId: string): Map<string, bigint> {
  const nominals = new Map<string, bigint>();
  for (const topUp of world.all('NominalToppedUp')) {
    const owner = findCertificate(world, topUp.certificateId);
    const isOfGroup = owner.payerId === group.payerId && owner.groupId === group.groupId;
    if (!isOfGroup || topUp.periodId !== periodId) continue;
    const adjustments = world.ofCertificate(topUp.certificateId, 'NominalAdjusted');
    const adjusted = adjustments.findLast((adjustment) => adjustment.periodId === periodId);
    nominals.set(topUp.certificateId, adjusted?.nominal ?? topUp.amount);
  }
  return nominals;
}

function passesSumLimit(group: FactOf<'GroupDefined'>, nominals: Map<string, bigint>): boolean {
  return group.limitAmount !== undefined && sum([...nominals.values()]) > parseMoney(group.limitAmount);
}

function groupNominal(world: World, group: FactOf<'GroupDefined'>, periodId: string): bigint {
  const set = world
    .all('GroupNominalSet')
    .findLast((one) => one.payerId === group.payerId && one.groupId === group.groupId && one.periodId === periodId);
  if (set === undefined) throw new Refusal('nominal.not_set');
  return set.nominal;
}

export function topUpNominal(world: World, command: Body<'topUpNominal'>): void {
  const { certificateId, periodId, on } = command;
  const { payerId, groupId, issuedOn } = findCertificate(world, certificateId);
  const period = findPeriod(world, payerId, periodId);
  refuseIf(closingOf(world, certificateId) !== undefined, 'certificate.closed');
  const effectiveOn = later(period.from, later(issuedOn, on ?? issuedOn));
  refuseIf(isPeriodClosed(world, payerId, periodId) || effectiveOn > period.until, 'period.not_open');
  const group = findGroup(world, payerId, groupId);
  refuseIf(group.kind === 'accounting', 'group.not_funding');
  refuseIf(topUpOf(world, certificateId, periodId) !== undefined, 'nominal.already_topped_up');
  const amount = command.amount === undefined ? groupNominal(world, group, periodId) : parseMoney(command.amount);
  const nominals = nominalsOf(world, group, periodId).set(certificateId, amount);
  refuseIf(group.limitCount !== undefined && nominals.size > group.limitCount, 'group.limit_reached');
  refuseIf(passesSumLimit(group, nominals), 'group.limit_reached');
  if (on !== undefined) refuseFuture(world, findPayer(world, payerId).zone, on);
  world.record({ type: 'NominalToppedUp', certificateId, periodId, amount, effectiveOn });
}

export function adjustNominal(world: World, command: Body<'adjustNominal'>): void {
  const { certificateId, periodId, on } = command;
  const { payerId, groupId } = findCertificate(world, certificateId);
  findPeriod(world, payerId, periodId);
  refuseIf(closingOf(world, certificateId) !== undefined, 'certificate.closed');
  refuseIf(isPeriodClosed(world, payerId, periodId), 'period.not_open');
  const topUp = topUpOf(world, certificateId, periodId);
  if (topUp === undefined) throw new Refusal('nominal.not_set');
  const group = findGroup(world, payerId, groupId);
  const nominal = parseMoney(command.nominal);
  const nominals = nominalsOf(world, group, periodId);
  const old = nominals.get(certificateId) ?? 0n;
  refuseIf(passesSumLimit(group, nominals.set(certificateId, nominal)), 'group.limit_reached');
  refuseIf(availableIn(world, certificateId, periodId) + nominal - old < 0n, 'balance.insufficient');
  refuseFuture(world, findPayer(world, payerId).zone, on);
  const effectiveOn = later(on, topUp.effectiveOn);
  world.record({ type: 'NominalAdjusted', certificateId, periodId, nominal, effectiveOn });
}

export function freezeCertificate(world: World, command: Body<'freezeCertificate'>): void {
  const { certificateId, from, until } = command;
  findCertificate(world, certificateId);
  refuseIf(closingOf(world, certificateId) !== undefined, 'certificate.closed');
  const reaches = (end: string | undefined, start: string): boolean => end === undefined || start < end;
  const freezes = freezesOf(world.everythingOf(certificateId));
  const overlaps = freezes.some((other) => reaches(other.until, from) && reaches(until, other.from));
  refuseIf(overlaps, 'freeze.overlaps');
  world.record({ type: 'CertificateFrozen', certificateId, from, until });
  for (const contract of contractsOf(world, certificateId)) {
    for (const charge of chargesInForce(world, contract)) {
      const inside = from <= charge.effectiveOn && reaches(until, charge.effectiveOn);
      if (inside) reverseCharge(world, contract, charge, 'freeze');
    }
  }
}

export function unfreezeCertificate(world: World, { certificateId, on }: Body<'unfreezeCertificate'>): void {
  const { payerId } = findCertificate(world, certificateId);
  refuseIf(closingOf(world, certificateId) !== undefined, 'certificate.closed');
  const open = freezesOf(world.everythingOf(certificateId)).find((freeze) => freeze.until === undefined);
  refuseIf(open === undefined || on <= open.from, 'freeze.not_open');
  refuseFuture(world, findPayer(world, payerId).zone, on);
  world.record({ type: 'CertificateUnfrozen', certificateId, on });
}

export function closeCertificate(world: World, { certificateId, on }: Body<'closeCertificate'>): void {
  const { payerId } = findCertificate(world, certificateId);
  refuseIf(closingOf(world, certificateId) !== undefined, 'certificate.closed');
  refuseFuture(world, findPayer(world, payerId).zone, on);
  world.record({ type: 'CertificateClosed', certificateId, on });
  for (const contract of contractsOf(world, certificateId)) {
    reverseChargesAfter(world, contract, on);
    if (!isReleased(world, contract)) recordRelease(world, contract, blockedIn(world, contract), on);
  }
}

export function closePeriod(world: World, { payerId, periodId, on }: Body<'closePeriod'>): void {
  const { zone } = findPayer(world, payerId);
  const { until } = findPeriod(world, payerId, periodId);
  refuseIf(isPeriodClosed(world, payerId, periodId), 'period.not_open');
  refuseIf(on <= until, 'period.not_over');
  refuseFuture(world, zone, on);
  for (const contract of world.all('CourseBlocked')) {
    const isOfPeriod = contract.payerId === payerId && contract.periodId === periodId;
    if (isOfPeriod && !isReleased(world, contract)) recordRelease(world, contract, blockedIn(world, contract), until);
  }
  for (const topUp of [...world.all('NominalToppedUp')]) {
    const { certificateId } = topUp;
    if (topUp.periodId !== periodId || findCertificate(world, certificateId).payerId !== payerId) continue;
    recordExpiry(world, payerId, certificateId, periodId, availableIn(world, certificateId, periodId));
  }
  world.record({ type: 'FundingPeriodClosed', payerId, periodId });
}
