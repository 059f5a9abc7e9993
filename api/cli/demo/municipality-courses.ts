import { ageOn, type Day, dayOf, days, weekday } from './calendar.ts';
import { type DemoProgramme, programmes } from './municipality-catalogue.ts';
import type { FundedChild } from './municipality-certificates.ts';
import type { DemoRandom } from './random.ts';

/** Children who are taught together, at one hour, on the same weekdays from September to December. */
export interface CourseGroup {
  readonly groupId: string;
  readonly programme: DemoProgramme;
  readonly weekdays: readonly number[];
  readonly hour: number;
  readonly lessons: readonly Day[];
  readonly places: CoursePlace[];
}

/** A child's place in a group, and what becomes of the contract about it. */
export interface CoursePlace {
  readonly child: FundedChild;
  readonly group: CourseGroup;
  readonly from: Day;
  /** The last day of the contract: an end of term that a termination or a closing brings forward. */
  until: Day;
  /** Given when the contract is concluded. */
  contractId?: string;
  released: boolean;
}

export const termFrom = dayOf('2020-09-01');
export const termUntil = dayOf('2020-12-31');

/** No lessons on the Day of National Unity and on New Year's Eve. */
const daysOff: ReadonlySet<Day> = new Set([dayOf('2020-11-04'), dayOf('2020-12-31')]);

/** The weekdays a group may meet on, by the lessons a week. */
const timetables: ReadonlyMap<number, readonly (readonly number[])[]> = new Map([
  [1, [[1], [2], [3], [4], [5], [6]]],
  [
    2,
    [
      [1, 3],
      [2, 4],
      [3, 5],
      [1, 4],
      [2, 5],
      [3, 6],
    ],
  ],
  [
    3,
    [
      [1, 3, 5],
      [2, 4, 6],
      [1, 3, 6],
      [2, 4, 5],
    ],
  ],
  [
    4,
    [
      [1, 2, 4, 5],
      [1, 3, 4, 6],
      [2, 3, 5, 6],
      [1, 2, 3, 5],
    ],
  ],
]);

const fewestLessons = 16;
const fullGroup = 15;

/** Forms the groups: every funded child gets one course, and four of five children get a second one. */
export function formGroups(random: DemoRandom, children: readonly FundedChild[]): CourseGroup[] {
  const second = Math.floor((children.length * 4) / 5);
  const sizes = groupSizes(random, children.length + second);
  const groups = sizes.map((_, index) => openGroup(random, index));
  const places = groups.flatMap((group, index) => new Array<CourseGroup>(sizes[index] ?? 0).fill(group));
  const taken = new Map<FundedChild, CourseGroup>();
  const waiting = random.shuffle(children);
  for (const group of places.slice(0, children.length)) {
    const child = takeFirst(waiting, (one) => fitsAge(one, group)) ?? waiting.shift();
    if (child === undefined) break;
    taken.set(child, group);
    group.places.push(openPlace(child, group, termFrom));
  }
  const again = random.shuffle(children);
  for (const group of places.slice(children.length)) {
    const child =
      takeFirst(again, (one) => fitsAge(one, group) && areCompatible(taken.get(one), group)) ??
      takeFirst(again, (one) => areCompatible(taken.get(one), group));
    if (child !== undefined) group.places.push(openPlace(child, group, secondCourseFrom(random, group)));
  }
  return groups;
}

/** A place from a day on, which the group's `places` do not know of yet. */
export function openPlace(child: FundedChild, group: CourseGroup, from: Day): CoursePlace {
  return { child, group, from, until: termUntil, released: false };
}

/** The lessons a contract from that day on is about. */
export function lessonsFrom(group: CourseGroup, from: Day): number {
  return group.lessons.filter((lesson) => lesson >= from).length;
}

/** Whether the group has room for one more course from that day on, long enough to be worth a contract. */
export function hasRoom(group: CourseGroup, from: Day): boolean {
  return group.places.length < fullGroup && lessonsFrom(group, from) >= fewestLessons;
}

/** Whether a child can go to both: another programme, and not at the same time of the same day. */
export function areCompatible(one: CourseGroup | undefined, other: CourseGroup): boolean {
  if (one === undefined) return true;
  if (one.programme === other.programme) return false;
  return one.hour !== other.hour || !one.weekdays.some((day) => other.weekdays.includes(day));
}

/** Whether the programme is meant for a child of that age. */
export function fitsAge(child: FundedChild, group: CourseGroup): boolean {
  const age = ageOn(child.birthDay, termFrom);
  return age >= group.programme.ageFrom && age <= group.programme.ageTo;
}

/** Sizes of 6 to 15, small groups more often, that sum up to the number of places. */
function groupSizes(random: DemoRandom, places: number): number[] {
  const sizes: number[] = [];
  let left = places;
  while (left > 0) {
    const drawn = 6 + Math.min(random.below(10), random.below(10));
    // What would be left for the last group must be a group as well, or none.
    const size = left <= fullGroup && left - drawn < 6 ? left : drawn;
    sizes.push(Math.min(size, left));
    left -= size;
  }
  return sizes;
}

function openGroup(random: DemoRandom, index: number): CourseGroup {
  const programme = programmes[index % programmes.length];
  const timetable = timetables.get(programme?.lessonsAWeek ?? 0);
  if (programme === undefined || timetable === undefined) throw new RangeError(`no timetable for group ${index}`);
  const weekdays = random.pick(timetable);
  return {
    groupId: `${programme.programmeId}-g${Math.floor(index / programmes.length) + 1}`,
    programme,
    weekdays,
    hour: random.between(14, 18),
    lessons: days(termFrom, termUntil).filter((day) => weekdays.includes(weekday(day)) && !daysOff.has(day)),
    places: [],
  };
}

/** One second course in eight is found later, and begins on a Monday in September or October. */
function secondCourseFrom(random: DemoRandom, group: CourseGroup): Day {
  const monday = dayOf('2020-09-07') + 7 * random.below(6);
  return random.below(8) === 0 && lessonsFrom(group, monday) >= fewestLessons ? monday : termFrom;
}

function takeFirst<T>(items: T[], suits: (item: T) => boolean): T | undefined {
  const index = items.findIndex(suits);
  return index < 0 ? undefined : items.splice(index, 1)[0];
}
