import { type Agenda, someOfficeInstant } from './agenda.ts';
import { civil, type Day, dayOf, lastOfMonth, weekday } from './calendar.ts';
import type { DemoFields } from './demo-command.ts';
import { type ContractDesk, morningInstant } from './municipality-contracts.ts';
import {
  areCompatible,
  type CourseGroup,
  type CoursePlace,
  fitsAge,
  hasRoom,
  openPlace,
} from './municipality-courses.ts';
import type { DemoRandom } from './random.ts';

/** What the leavers' deeds work on. */
export interface LeaversContext {
  readonly agenda: Agenda;
  readonly random: DemoRandom;
  readonly desk: ContractDesk;
  readonly groups: readonly CourseGroup[];
}

const firstNotice = dayOf('2020-09-14');
const lastNotice = dayOf('2020-11-27');

/** No journal is later than nine days, so a release after this many days leaves no lesson behind. */
const daysUntilRelease = 12;

/** Enters the early end of the given contracts: notice, release of the block, and for some a course elsewhere. */
export function enterTerminations(context: LeaversContext, leaving: readonly CoursePlace[]): void {
  for (const place of leaving) {
    const notice = context.random.between(Math.max(firstNotice, place.from + 5), lastNotice);
    const givenAt = someOfficeInstant(notice, context.random);
    context.agenda.enter(givenAt, (today) => terminate(context, place, today));
  }
}

/** Enters the closing of the certificates of children who move away, given by all their places. */
export function enterMoves(context: LeaversContext, moving: readonly (readonly CoursePlace[])[]): void {
  for (const [index, places] of moving.entries()) {
    // The first child leaves in the middle of October, each further one two weeks later, by the end of November.
    const day = dayOf('2020-10-14') + 14 * (index % 4);
    context.agenda.enter(someOfficeInstant(day, context.random), (today) => closeCertificate(places, today));
  }
}

function terminate(context: LeaversContext, place: CoursePlace, today: Day): DemoFields | undefined {
  const { contractId } = place;
  if (contractId === undefined) return undefined;
  const { agenda, random } = context;
  // Usually the contract lasts to the end of the month; now and then a day is agreed on.
  const agreedOn = random.below(5) < 2 ? today + random.between(0, 7) : undefined;
  place.until = agreedOn ?? lastOfMonth(today);
  const release = place.until + daysUntilRelease + random.below(6);
  agenda.enter(someOfficeInstant(release, random), (day) => releaseBlock(place, contractId, day));
  if (random.below(2) === 0) enterNextCourse(context, place);
  const initiator = random.below(6) === 0 ? 'provider' : 'parent';
  const reason =
    initiator === 'parent' ? random.pick(['смена интересов', 'переход в другую группу']) : 'группа не набрана';
  const fields = { command: 'terminateContract', contractId, noticeOn: civil(today) };
  const effectiveOn = agreedOn === undefined ? {} : { effectiveOn: civil(agreedOn) };
  return { ...fields, ...effectiveOn, initiator, reason };
}

function releaseBlock(place: CoursePlace, contractId: string, today: Day): DemoFields {
  place.released = true;
  return { command: 'releaseBlock', contractId, on: civil(today) };
}

/** The child goes on elsewhere from the next Monday, if a group has room and the certificate pays for it. */
function enterNextCourse({ agenda, random, desk, groups }: LeaversContext, left: CoursePlace): void {
  const monday = left.until + 8 - weekday(left.until);
  agenda.enter(morningInstant(monday, random), (today) => {
    const courses = groups.filter((group) => group.places.some((place) => place.child === left.child));
    const next = groups
      .filter((group) => hasRoom(group, today) && fitsAge(left.child, group))
      .filter((group) => courses.every((course) => areCompatible(course, group)))
      .map((group) => openPlace(left.child, group, today))
      .find((place) => desk.isCovered(place));
    if (next === undefined) return undefined;
    next.group.places.push(next);
    return desk.conclude(next, today);
  });
}

/** The contracts end with the certificate, and their blocks are released at once. */
function closeCertificate(places: readonly CoursePlace[], today: Day): DemoFields | undefined {
  const certificateId = places[0]?.child.certificateId;
  if (certificateId === undefined) return undefined;
  for (const place of places) {
    place.until = today;
    place.released = true;
  }
  return { command: 'closeCertificate', certificateId, on: civil(today), reason: 'moved' };
}
