import { isFrozen } from './balance.ts';
import { earlier, later, yearOf } from './calendar.ts';
import type { Body } from './command-shapes.ts';
import { availableIn, contractsOf, isReleased, lastDayOf } from './contracts.ts';
import type { FactOf } from './facts.ts';
import {
  closingOf,
  findAgreement,
  findCertificate,
  findGroup,
  findPayer,
  findProgramme,
  findProvider,
  isPeriodClosed,
  topUpOf,
} from './lookups.ts';
import { formatMoney, type Kopecks, parseMoney, smaller } from './money.ts';
import { isCertifiedOn } from './programme-rules.ts';
import { inUse, isSuspendedOn } from './registry-rules.ts';
import { found, Refusal, refuseFuture, refuseIf, type World } from './world.ts';

type BlockCourse = Body<'blockCourse'>;
type Certificate = FactOf<'CertificateIssued'>;

const SMALLEST_CO_PAID_SHARE = 100n;

/** Section 4 of the rules, step by step. */
export function blockCourse(world: World, command: BlockCourse): { share: string; parentShare: string } {
  const known = world.ofContract(command.contractId, 'CourseBlocked').length > 0;
  refuseIf(known, 'contract.already_exists');
  const certificate = findCertificate(world, command.certificateId);
  const normativePrice = findNormativePrice(world, command);
  const agreement = findAgreement(world, command.agreementId);
  checkCertificate(world, command, certificate);
  const periodId = findOpenPeriod(world, command, certificate.payerId);
  const { wanted, share, available } = shareOf(world, command, periodId, normativePrice);
  checkPartners(world, command, certificate.payerId, agreement, share);
  checkOtherContracts(world, command);
  const topUp = topUpOf(world, command.certificateId, periodId);
  if (topUp === undefined) throw new Refusal('balance.insufficient');
  refuseIf(topUp.effectiveOn > command.from, 'nominal.not_set');
  refuseIf(available < share || (share < wanted && share < SMALLEST_CO_PAID_SHARE), 'balance.insufficient');
  refuseFuture(world, findPayer(world, certificate.payerId).zone, command.date);
  const { price, coPayment, ...terms } = command;
  const effectiveOn = later(command.date, topUp.effectiveOn);
  world.record({ type: 'CourseBlocked', ...terms, payerId: certificate.payerId, periodId, share, effectiveOn });
  return { share: formatMoney(share), parentShare: formatMoney(parseMoney(price) - share) };
}

function findNormativePrice(world: World, { providerId, programmeId, moduleId }: BlockCourse): Kopecks {
  findProvider(world, providerId);
  const programme = findProgramme(world, programmeId);
  refuseIf(programme.providerId !== providerId, 'programme.not_found');
  const module = found(
    programme.modules.find((one) => one.moduleId === moduleId),
    'module',
  );
  return parseMoney(module.normativePrice);
}

/** Rule 1. */
function checkCertificate(world: World, { date, until }: BlockCourse, certificate: Certificate): void {
  const { certificateId, payerId, groupId, issuedOn, validUntil } = certificate;
  refuseIf(closingOf(world, certificateId) !== undefined, 'certificate.closed');
  refuseIf(isFrozen(world.everythingOf(certificateId), date), 'certificate.frozen');
  refuseIf(date < issuedOn || until > validUntil, 'certificate.not_valid');
  refuseIf(findGroup(world, payerId, groupId).kind === 'accounting', 'group.not_funding');
}

/** Rule 2. */
function findOpenPeriod(world: World, { from, until }: BlockCourse, payerId: string): string {
  const period = world
    .all('FundingPeriodOpened')
    .find((one) => one.payerId === payerId && one.from <= from && until <= one.until);
  if (period === undefined) throw new Refusal('contract.spans_periods');
  refuseIf(isPeriodClosed(world, payerId, period.periodId), 'period.not_open');
  return period.periodId;
}

/** The share of rule 5: what is wanted, or with a co-payment what is left. */
function shareOf(world: World, command: BlockCourse, periodId: string, normativePrice: Kopecks) {
  const available = availableIn(world, command.certificateId, periodId);
  const wanted = smaller(parseMoney(command.price), normativePrice);
  const share = command.coPayment === true ? smaller(wanted, available) : wanted;
  return { wanted, share, available };
}

/** Rule 3. */
function checkPartners(
  world: World,
  { providerId, programmeId, date }: BlockCourse,
  payerId: string,
  agreement: FactOf<'AgreementConcluded'>,
  share: Kopecks,
): void {
  refuseIf(isSuspendedOn(world, providerId, date), 'provider.suspended');
  refuseIf(!isCertifiedOn(world, programmeId, date), 'programme.not_certified');
  const isTheirs = agreement.payerId === payerId && agreement.providerId === providerId;
  const isActive = agreement.from <= date && date <= agreement.until;
  refuseIf(!isTheirs || !isActive, 'agreement.not_active');
  const { totalLimit, agreementId } = agreement;
  const passesLimit = totalLimit !== undefined && inUse(world, agreementId) + share > parseMoney(totalLimit);
  refuseIf(passesLimit, 'agreement.limit_reached');
}

/** Rule 4. */
function checkOtherContracts(world: World, command: BlockCourse): void {
  const twin = contractsOf(world, command.certificateId).some(
    (other) =>
      other.programmeId === command.programmeId &&
      other.moduleId === command.moduleId &&
      !isReleased(world, other) &&
      later(other.from, command.from) <= earlier(lastDayOf(world, other), command.until),
  );
  refuseIf(twin, 'contract.duplicate_module');
  const taken = world
    .all('CourseBlocked')
    .some(
      (other) =>
        other.providerId === command.providerId &&
        other.number === command.number &&
        yearOf(other.date) === yearOf(command.date),
    );
  refuseIf(taken, 'contract.number_taken');
}
