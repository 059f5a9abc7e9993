import { totals } from './balance.ts';
import { type CivilDate, earlier, later } from './calendar.ts';
import type { FactOf, ReversalCause } from './facts.ts';
import { closingOf, findPeriod, isPeriodClosed } from './lookups.ts';
import type { Kopecks } from './money.ts';
import type { World } from './world.ts';

export type Contract = FactOf<'CourseBlocked'>;
export type Charge = FactOf<'LessonCharged'>;

export function terminationOf(world: World, contract: Contract): CivilDate | undefined {
  return world.ofContract(contract.contractId, 'ContractTerminated')[0]?.effectiveOn;
}

/** The last day of the contract: the earliest of its term, its termination and the closing of the certificate. */
export function lastDayOf(world: World, contract: Contract): CivilDate {
  const termination = terminationOf(world, contract) ?? contract.until;
  const closing = closingOf(world, contract.certificateId) ?? contract.until;
  return earlier(contract.until, earlier(termination, closing));
}

export function isReleased(world: World, contract: Contract): boolean {
  return world.ofContract(contract.contractId, 'BlockReleased').length > 0;
}

export function chargesInForce(world: World, contract: Contract): Charge[] {
  const reversals = world.ofContract(contract.contractId, 'LessonChargeReversed');
  const reversed = new Set(reversals.map((reversal) => reversal.charge));
  return world.ofContract(contract.contractId, 'LessonCharged').filter((charge) => !reversed.has(charge.position));
}

/** Share less charges in force and releases: what is still set aside. */
export function blockedIn(world: World, contract: Contract): Kopecks {
  return totals(contractFacts(world, contract)).blocked;
}

export function releasedFrom(world: World, contract: Contract): Kopecks {
  return totals(contractFacts(world, contract)).released;
}

function contractFacts(world: World, contract: Contract) {
  return world
    .everythingOf(contract.certificateId)
    .filter((fact) => 'contractId' in fact && fact.contractId === contract.contractId);
}

export function availableIn(world: World, certificateId: string, periodId: string): Kopecks {
  const facts = world.everythingOf(certificateId);
  return totals(facts.filter((fact) => 'periodId' in fact && fact.periodId === periodId)).available;
}

export function contractsOf(world: World, certificateId: string): Contract[] {
  return world.ofCertificate(certificateId, 'CourseBlocked');
}

/** Every release counts no later than the period's last day and no earlier than its own block. */
export function recordRelease(world: World, contract: Contract, amount: Kopecks, on: CivilDate): void {
  const { contractId, certificateId, periodId } = contract;
  const { until } = findPeriod(world, contract.payerId, periodId);
  const effectiveOn = later(contract.effectiveOn, earlier(on, until));
  world.record({ type: 'BlockReleased', contractId, certificateId, periodId, amount, effectiveOn });
}

export function recordExpiry(
  world: World,
  payerId: string,
  certificateId: string,
  periodId: string,
  amount: Kopecks,
): void {
  const { until } = findPeriod(world, payerId, periodId);
  world.record({ type: 'PeriodClosed', certificateId, periodId, amount, effectiveOn: until });
}

/** Takes a charge back; if its block is released already the money goes on at once, in a closed period to the end. */
export function reverseCharge(world: World, contract: Contract, charge: Charge, cause: ReversalCause): void {
  const { contractId, certificateId, periodId, payerId } = contract;
  const { lessonId, amount, effectiveOn, position } = charge;
  world.record({
    type: 'LessonChargeReversed',
    certificateId,
    contractId,
    periodId,
    lessonId,
    amount,
    effectiveOn,
    charge: position,
    cause,
  });
  const firstRelease = world.ofContract(contractId, 'BlockReleased')[0];
  if (!firstRelease) return;
  recordRelease(world, contract, amount, later(effectiveOn, firstRelease.effectiveOn));
  if (isPeriodClosed(world, payerId, periodId)) recordExpiry(world, payerId, certificateId, periodId, amount);
}

/** Lessons after a contract's end were no lessons of it. */
export function reverseChargesAfter(world: World, contract: Contract, end: CivilDate): void {
  for (const charge of chargesInForce(world, contract)) {
    if (charge.effectiveOn > end) reverseCharge(world, contract, charge, 'end');
  }
}
