import { type Agenda, officeInstant } from './agenda.ts';
import { civil, type Day, dayOf, workingDays } from './calendar.ts';
import type { DemoFields } from './demo-command.ts';
import { type FundingGroupId, nominals, payerId, periodId } from './municipality-catalogue.ts';
import type { DemoRandom } from './random.ts';

/** A child whose courses the payer funds. */
export interface FundedChild {
  readonly certificateId: string;
  readonly birthDay: Day;
  /** Kopecks certainly free: what a release gives back is left out, so that no later block can ask for too much. */
  available: number;
}

/** Every birth date keeps its certificate valid from the day it is issued to the end of 2020. */
const firstBirthDay = dayOf('2003-01-01');
const lastBirthDay = dayOf('2014-12-31');

/** Funded children apply early: their certificates are topped up well before the contracts of August. */
const fundedFrom = dayOf('2020-01-09');
const fundedUntil = dayOf('2020-07-31');
const issuedUntil = dayOf('2020-11-30');

/** Enters the issue of every certificate and the top-up of the funded ones, and gives the funded children. */
export function enterCertificates(
  agenda: Agenda,
  random: DemoRandom,
  size: { readonly certificates: number; readonly funded: number; readonly ovz: number },
): FundedChild[] {
  const groups = drawGroups(random, size);
  const holders = random.below(2 ** 31);
  const openDays = workingDays(fundedFrom, issuedUntil);
  const children: FundedChild[] = [];
  for (const [index, groupId] of groups.entries()) {
    const certificateId = String(index + 1).padStart(10, '0');
    const birthDay = random.between(firstBirthDay, lastBirthDay);
    const holderId = opaqueHolder(index, holders);
    const instant = officeInstant(index, size.certificates, openDays);
    const issue = { command: 'issueCertificate', certificateId, payerId, groupId, holderId };
    agenda.enter(instant, (today) => ({ ...issue, birthDate: civil(birthDay), issuedOn: civil(today) }));
    if (groupId === 'acc') continue;
    agenda.enter(instant + random.between(60, 900) * 1000, (today) => topUp(certificateId, today));
    children.push({ certificateId, birthDay, available: nominals[groupId] });
  }
  return children;
}

/** The group of every certificate in the order of issue; the funded ones lie anywhere among the early ones. */
function drawGroups(
  random: DemoRandom,
  size: { readonly certificates: number; readonly funded: number; readonly ovz: number },
): (FundingGroupId | 'acc')[] {
  const allDays = workingDays(fundedFrom, issuedUntil).length;
  const earlyDays = workingDays(fundedFrom, fundedUntil).length;
  const early = Math.max(size.funded, Math.floor((size.certificates * earlyDays) / allDays));
  const groups = new Array<FundingGroupId | 'acc'>(size.certificates).fill('acc');
  const places = random.shuffle(groups.slice(0, early).map((_, index) => index)).slice(0, size.funded);
  for (const [order, place] of places.entries()) groups[place] = order < size.ovz ? 'ovz' : 'fund';
  return groups;
}

/** An id that tells nothing of the child. The multiplier is odd, so no two children get the same one. */
function opaqueHolder(index: number, offset: number): string {
  const scattered = (Math.imul(index, 0x9e3779b1) + offset) >>> 0;
  return `h-${scattered.toString(16).padStart(8, '0')}`;
}

function topUp(certificateId: string, today: Day): DemoFields {
  return { command: 'topUpNominal', certificateId, periodId, on: civil(today) };
}
