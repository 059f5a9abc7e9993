import fc from 'fast-check';
import { type Draft, draft, type Moment, mostly, oneOfWeighted, recentDay } from './draft.ts';
import { pickFrom, type SaidLesson, saidContracts, saidLessons } from './said.ts';
import { classDays, statuses } from './small-world.ts';

const status = oneOfWeighted([3, fc.constant('attended')], [2, fc.constantFrom(...statuses)]);
const pick = fc.nat({ max: 999 });
const pickFromWorld = { pick, unknown: mostly(false, true) };

/** The number of a class day of the past, or of any of the twenty. */
function classDay({ pick: index, unknown }: { pick: number; unknown: boolean }, { today }: Moment): number {
  const past = classDays.filter((day) => day <= today).length;
  return unknown || past === 0 ? index % classDays.length : index % past;
}

/** Contracts of that day, those of the set-up twice as often, or rarely just any of them and nobody's. */
function contractsOn(date: string, { said }: Moment, any: boolean): string[] {
  const contracts = saidContracts(said).filter(({ from, until }) => any || (from <= date && date <= until));
  const ids = [...new Set(contracts.map((contract) => contract.contractId))];
  return any ? [...ids, 'nobody'] : [...ids, ...ids.slice(0, 3)];
}

const recordLesson = draft(
  {
    day: fc.record(pickFromWorld),
    suffix: fc.constantFrom('', '', 'b', 'c'),
    shift: mostly(0, 0, 0, 1),
    anyContract: mostly(false, true),
    entries: fc.array(fc.record({ pick, status }), { minLength: 1, maxLength: 4 }),
  },
  ({ day, suffix, shift, anyContract, entries }, moment) => {
    const index = classDay(day, moment);
    const date = classDays[index + shift] ?? moment.today;
    const contracts = contractsOn(date, moment, anyContract);
    const attendance = new Map(entries.map((entry) => [pickFrom(contracts, entry.pick) ?? 'k1', entry.status]));
    return {
      command: 'recordLesson',
      lessonId: `lesson-${index}${suffix}`,
      date,
      attendance: Array.from(attendance, ([contractId, known]) => ({ contractId, status: known })),
    };
  },
);

/** A lesson that was said to be recorded for the contract, or rarely one that was not. */
function someLesson(from: { pick: number; unknown: boolean }, { said }: Moment): SaidLesson {
  const lesson = pickFrom(saidLessons(said), from.pick) ?? { lessonId: 'lesson-0', contractId: 'k1' };
  const unknown = from.pick % 2 === 0 ? { lessonId: 'lesson-none' } : { contractId: 'nobody' };
  return from.unknown ? { ...lesson, ...unknown } : lesson;
}

const correctAttendance = draft(
  { lesson: fc.record(pickFromWorld), status, on: recentDay },
  ({ lesson, status: corrected, on }, moment) => ({
    command: 'correctAttendance',
    ...someLesson(lesson, moment),
    status: corrected,
    reason: 'сверка журнала',
    on: moment.day(on),
  }),
);

const reverseLesson = draft({ lesson: fc.record(pickFromWorld), on: recentDay }, ({ lesson, on }, moment) => ({
  command: 'reverseLesson',
  ...someLesson(lesson, moment),
  reason: 'не состоялось',
  on: moment.day(on),
}));

export const lessonDraft: fc.Arbitrary<Draft> = oneOfWeighted(
  [10, recordLesson],
  [3, correctAttendance],
  [2, reverseLesson],
);
