import type { Body } from './command-shapes.ts';
import { releasedFrom } from './contracts.ts';
import { findAgreement, findGroup, findPayer, findPeriod, findProvider } from './lookups.ts';
import { parseMoney, sum } from './money.ts';
import { DEFAULT_ZONE, refuseFuture, refuseIf, type World } from './world.ts';

export function registerPayer(world: World, command: Body<'registerPayer'>): void {
  const { payerId, zone = DEFAULT_ZONE, chargedStatuses = ['attended', 'absent'] } = command;
  const known = world.all('PayerRegistered').some((payer) => payer.payerId === payerId);
  refuseIf(known, 'payer.already_exists');
  world.record({ type: 'PayerRegistered', payerId, zone, chargedStatuses });
}

export function changePayerDetails(world: World, { payerId, on }: Body<'changePayerDetails'>): void {
  refuseFuture(world, findPayer(world, payerId).zone, on);
  world.record({ type: 'PayerDetailsChanged', payerId });
}

export function openFundingPeriod(world: World, command: Body<'openFundingPeriod'>): void {
  const { payerId, periodId, from, until } = command;
  const periods = world.all('FundingPeriodOpened').filter((period) => period.payerId === payerId);
  const known = periods.some((period) => period.periodId === periodId);
  refuseIf(known, 'period.already_exists');
  findPayer(world, payerId);
  const overlaps = periods.some((period) => from <= period.until && period.from <= until);
  refuseIf(overlaps, 'period.overlaps');
  world.record({ type: 'FundingPeriodOpened', payerId, periodId, from, until });
}

export function defineCertificateGroup(world: World, command: Body<'defineCertificateGroup'>): void {
  const { payerId, groupId } = command;
  const known = world.all('GroupDefined').some((group) => group.payerId === payerId && group.groupId === groupId);
  refuseIf(known, 'group.already_exists');
  findPayer(world, payerId);
  world.record({ type: 'GroupDefined', ...command });
}

export function setGroupNominal(world: World, command: Body<'setGroupNominal'>): void {
  const { payerId, groupId, periodId } = command;
  findPayer(world, payerId);
  const group = findGroup(world, payerId, groupId);
  findPeriod(world, payerId, periodId);
  refuseIf(group.kind === 'accounting', 'group.not_funding');
  world.record({ type: 'GroupNominalSet', payerId, groupId, periodId, nominal: parseMoney(command.nominal) });
}

export function registerProvider(world: World, { providerId }: Body<'registerProvider'>): void {
  const known = world.all('ProviderRegistered').some((provider) => provider.providerId === providerId);
  refuseIf(known, 'provider.already_exists');
  world.record({ type: 'ProviderRegistered', providerId });
}

export function changeProviderDetails(world: World, { providerId, on }: Body<'changeProviderDetails'>): void {
  findProvider(world, providerId);
  refuseFuture(world, DEFAULT_ZONE, on);
  world.record({ type: 'ProviderDetailsChanged', providerId });
}

/** Spans of suspension, each from a suspension until the reinstatement recorded next. */
function suspensions(world: World, providerId: string): { from: string; until: string | undefined }[] {
  const reinstated = world.all('ProviderReinstated').filter((fact) => fact.providerId === providerId);
  const suspended = world.all('ProviderSuspended').filter((fact) => fact.providerId === providerId);
  return suspended.map(({ on, position }) => ({
    from: on,
    until: reinstated.find((fact) => fact.position > position)?.on,
  }));
}

export function isSuspendedOn(world: World, providerId: string, date: string): boolean {
  return suspensions(world, providerId).some(
    ({ from, until }) => from <= date && (until === undefined || date < until),
  );
}

function isSuspended(world: World, providerId: string): boolean {
  return suspensions(world, providerId).some(({ until }) => until === undefined);
}

export function suspendProvider(world: World, { providerId, on }: Body<'suspendProvider'>): void {
  findProvider(world, providerId);
  refuseIf(isSuspended(world, providerId), 'provider.suspended');
  refuseFuture(world, DEFAULT_ZONE, on);
  world.record({ type: 'ProviderSuspended', providerId, on });
}

export function reinstateProvider(world: World, { providerId, on }: Body<'reinstateProvider'>): void {
  findProvider(world, providerId);
  refuseIf(!isSuspended(world, providerId), 'provider.not_suspended');
  refuseFuture(world, DEFAULT_ZONE, on);
  world.record({ type: 'ProviderReinstated', providerId, on });
}

export function concludeAgreement(world: World, command: Body<'concludeAgreement'>): void {
  const known = world.all('AgreementConcluded').some((one) => one.agreementId === command.agreementId);
  refuseIf(known, 'agreement.already_exists');
  findPayer(world, command.payerId);
  findProvider(world, command.providerId);
  world.record({ type: 'AgreementConcluded', ...command });
}

export function amendAgreement(world: World, command: Body<'amendAgreement'>): void {
  const { agreementId, until, totalLimit, on } = command;
  const agreement = findAgreement(world, agreementId);
  refuseIf(until !== undefined && until < agreement.from, 'agreement.term_invalid');
  const tooLow = totalLimit !== undefined && parseMoney(totalLimit) < inUse(world, agreementId);
  refuseIf(tooLow, 'agreement.limit_reached');
  refuseFuture(world, findPayer(world, agreement.payerId).zone, on);
  world.record({ type: 'AgreementAmended', ...command });
}

/** Shares of all contracts ever concluded under the agreement, less what was released. */
export function inUse(world: World, agreementId: string): bigint {
  const contracts = world.all('CourseBlocked').filter((contract) => contract.agreementId === agreementId);
  return sum(contracts.map((contract) => contract.share - releasedFrom(world, contract)));
}
