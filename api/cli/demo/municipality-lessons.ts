import type { AttendanceStatus } from '../../../src/kernel/attendance.ts';
import { type Agenda, someOfficeInstant } from './agenda.ts';
import { civil, type Day, dayOf, moscowInstant, weekday } from './calendar.ts';
import type { DemoFields } from './demo-command.ts';
import { morningInstant } from './municipality-contracts.ts';
import type { CourseGroup, CoursePlace } from './municipality-courses.ts';
import type { IllnessPlan } from './municipality-illness.ts';
import type { DemoRandom } from './random.ts';

/** One line of a lesson's attendance list, as it was recorded. */
interface Attendance {
  readonly lessonId: string;
  readonly place: CoursePlace;
  readonly contractId: string;
  readonly status: AttendanceStatus;
}

/** From this day on the journals are kept up to date, as the year's last invoice waits for them. */
const noLateJournalsFrom = dayOf('2020-12-14');

/** Enters the journals of all groups, and with them what turns out later to have been recorded wrongly. */
export function enterLessons(
  agenda: Agenda,
  random: DemoRandom,
  groups: readonly CourseGroup[],
  illness: IllnessPlan,
): void {
  const journal = new Journal(agenda, random, illness);
  for (const group of groups) {
    for (const lesson of group.lessons) {
      agenda.enter(recordingInstant(random, group, lesson), (today) => journal.record(group, lesson, today));
    }
  }
}

class Journal {
  readonly #agenda: Agenda;
  readonly #random: DemoRandom;
  readonly #illness: IllnessPlan;

  constructor(agenda: Agenda, random: DemoRandom, illness: IllnessPlan) {
    this.#agenda = agenda;
    this.#random = random;
    this.#illness = illness;
  }

  record(group: CourseGroup, lesson: Day, today: Day): DemoFields | undefined {
    const lessonId = `${group.groupId}-${civil(lesson)}`;
    // Once in a while the teacher is ill, and the lesson is cancelled for everyone.
    const isCancelled = this.#random.perMille(15);
    const list: Attendance[] = [];
    for (const place of group.places) {
      const { contractId } = place;
      // A contract not concluded, ended or already released by now would be refused, so the teacher leaves it out.
      if (contractId === undefined || place.released || lesson < place.from || lesson > place.until) continue;
      const status = isCancelled ? 'cancelled' : this.#statusOf(place, lesson);
      list.push({ lessonId, place, contractId, status });
    }
    if (list.length === 0) return undefined;
    if (!isCancelled) for (const attendance of list) this.#perhapsMistaken(attendance, today);
    const attendance = list.map(({ contractId, status }) => ({ contractId, status }));
    return { command: 'recordLesson', lessonId, date: civil(lesson), attendance };
  }

  #statusOf(place: CoursePlace, lesson: Day): AttendanceStatus {
    // The teacher does not know why a child is away; that it was ill is the payer's business (a freeze).
    if (this.#illness.isIll(place.child, lesson)) return 'absent';
    const draw = this.#random.below(100);
    if (draw < 86) return 'attended';
    return draw < 93 ? 'absent' : 'excused';
  }

  /** Lessons of children with a freeze are left alone: theirs are reversed by the freeze itself. */
  #perhapsMistaken(attendance: Attendance, today: Day): void {
    const draw = this.#random.below(1000);
    if (draw >= 5 || this.#illness.has(attendance.place.child)) return;
    const noticed = someOfficeInstant(today + this.#random.between(1, 12), this.#random);
    this.#agenda.enter(noticed, (day) => (draw < 4 ? correction(attendance, day) : reversal(attendance, day)));
  }
}

function correction({ lessonId, place, contractId, status }: Attendance, today: Day): DemoFields | undefined {
  if (place.released) return undefined;
  const fields = { command: 'correctAttendance', lessonId, contractId };
  const on = civil(today);
  switch (status) {
    case 'attended':
      return { ...fields, status: 'excused', reason: 'ошибка педагога', on };
    case 'absent':
      return { ...fields, status: 'excused', reason: 'представлена справка', on };
    default:
      return { ...fields, status: 'attended', reason: 'ошибка в журнале', on };
  }
}

function reversal({ lessonId, place, contractId, status }: Attendance, today: Day): DemoFields | undefined {
  if (place.released || status === 'excused') return undefined;
  return { command: 'reverseLesson', lessonId, contractId, reason: 'занятие не состоялось', on: civil(today) };
}

/** Most journals are filled in on the evening, some on the next morning, and a few are late by days. */
function recordingInstant(random: DemoRandom, group: CourseGroup, lesson: Day): number {
  const draw = random.below(100);
  if (draw < 86) return moscowInstant(lesson, (group.hour + 1) * 3600 + random.between(0, 5400));
  if (draw < 98 || lesson >= noLateJournalsFrom) {
    return morningInstant(weekday(lesson) === 6 ? lesson + 2 : lesson + 1, random);
  }
  return someOfficeInstant(lesson + random.between(3, 9), random);
}
