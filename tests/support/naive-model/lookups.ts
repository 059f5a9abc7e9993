import type { CivilDate } from './calendar.ts';
import type { FactOf } from './facts.ts';
import { DEFAULT_ZONE, found, type World } from './world.ts';

export function findPayer(world: World, payerId: string): FactOf<'PayerRegistered'> {
  return found(
    world.all('PayerRegistered').find((payer) => payer.payerId === payerId),
    'payer',
  );
}

export function periodOf(world: World, payerId: string, periodId: string): FactOf<'FundingPeriodOpened'> | undefined {
  return world.all('FundingPeriodOpened').find((one) => one.payerId === payerId && one.periodId === periodId);
}

export function findPeriod(world: World, payerId: string, periodId: string): FactOf<'FundingPeriodOpened'> {
  return found(periodOf(world, payerId, periodId), 'period');
}

export function isPeriodClosed(world: World, payerId: string, periodId: string): boolean {
  return world.all('FundingPeriodClosed').some((one) => one.payerId === payerId && one.periodId === periodId);
}

export function findGroup(world: World, payerId: string, groupId: string): FactOf<'GroupDefined'> {
  return found(
    world.all('GroupDefined').find((one) => one.payerId === payerId && one.groupId === groupId),
    'group',
  );
}

export function findProvider(world: World, providerId: string): FactOf<'ProviderRegistered'> {
  return found(
    world.all('ProviderRegistered').find((one) => one.providerId === providerId),
    'provider',
  );
}

export function findCertificate(world: World, certificateId: string): FactOf<'CertificateIssued'> {
  return found(world.ofCertificate(certificateId, 'CertificateIssued')[0], 'certificate');
}

export function findContract(world: World, contractId: string): FactOf<'CourseBlocked'> {
  return found(world.ofContract(contractId, 'CourseBlocked')[0], 'contract');
}

export function findProgramme(world: World, programmeId: string): FactOf<'ProgrammeSubmitted'> {
  return found(
    world.all('ProgrammeSubmitted').findLast((one) => one.programmeId === programmeId),
    'programme',
  );
}

/** The agreement as it stands after its last amendment. */
export function findAgreement(world: World, agreementId: string): FactOf<'AgreementConcluded'> {
  const concluded = found(
    world.all('AgreementConcluded').find((one) => one.agreementId === agreementId),
    'agreement',
  );
  const amendments = world.all('AgreementAmended').filter((one) => one.agreementId === agreementId);
  const until = amendments.findLast((one) => one.until !== undefined)?.until ?? concluded.until;
  const totalLimit = amendments.findLast((one) => one.totalLimit !== undefined)?.totalLimit ?? concluded.totalLimit;
  return { ...concluded, until, ...(totalLimit !== undefined && { totalLimit }) };
}

export function zoneOfPayer(world: World, payerId: string | undefined): string {
  return payerId === undefined ? DEFAULT_ZONE : findPayer(world, payerId).zone;
}

export function zoneOfCertificate(world: World, certificateId: string): string {
  return zoneOfPayer(world, findCertificate(world, certificateId).payerId);
}

export function topUpOf(world: World, certificateId: string, periodId: string): FactOf<'NominalToppedUp'> | undefined {
  return world.ofCertificate(certificateId, 'NominalToppedUp').find((one) => one.periodId === periodId);
}

export function closingOf(world: World, certificateId: string): CivilDate | undefined {
  return world.ofCertificate(certificateId, 'CertificateClosed')[0]?.on;
}
