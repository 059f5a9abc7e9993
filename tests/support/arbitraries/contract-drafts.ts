import fc from 'fast-check';
import {
  type Body,
  type Draft,
  dayNear,
  draft,
  knownId,
  type Moment,
  mostly,
  oneOfWeighted,
  recentDay,
} from './draft.ts';
import { isSaidToppedUp, pickFrom, type SaidContract, saidContracts, saidLastDay } from './said.ts';
import { agreements, type Course, certificates, courses, programmes, providers } from './small-world.ts';

/** One thing about a contract that may go wrong. */
const slip: fc.Arbitrary<Partial<Body>> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ number: fc.constantFrom('1', '2', '3', '4') }) },
  { weight: 1, arbitrary: fc.record({ agreementId: knownId(agreements) }) },
  { weight: 1, arbitrary: fc.record({ certificateId: knownId([...certificates, '05']) }) },
  { weight: 1, arbitrary: fc.record({ programmeId: knownId(programmes), providerId: knownId(providers) }) },
  {
    weight: 1,
    arbitrary: fc.record({ programmeId: fc.constantFrom('drafts'), providerId: fc.constantFrom('studio') }),
  },
  { weight: 1, arbitrary: fc.record({ moduleId: fc.constantFrom('m1', 'm2', 'm9') }) },
  { weight: 1, arbitrary: fc.record({ until: fc.constantFrom('2020-12-31', '2021-02-28', '2021-06-01') }) },
  { weight: 1, arbitrary: fc.record({ lessons: fc.constantFrom(1, 2, 3, 61) }) },
  { weight: 2, arbitrary: fc.record({ price: fc.constantFrom('0.03', '1', '99.99', '181.5', '250.00') }) },
);

function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}

function terms(course: Course, on: number, start: number, moment: Moment) {
  const date = moment.day(on);
  const from = laterOf(course.from, moment.day(on + start));
  return { date, from, until: laterOf(from, course.until) };
}

// The third leaves no money for a second contract of the kind.
const affordable = courses.filter((course) => course.contractId !== 'k3');

/** A course not yet said to be concluded; when all are, one of them again under a number of its own. */
function someCourse(pick: number, any: boolean, { said, today }: Moment): Course {
  const taken = saidContracts(said).map((contract) => contract.contractId);
  const hasMoney = (course: Course) =>
    course.from < '2020-11-16' || isSaidToppedUp(said, course.certificateId, 'winter');
  const free = courses.filter(
    (course) => !taken.includes(course.contractId) && today <= course.until && hasMoney(course),
  );
  const course = pickFrom(any || free.length === 0 ? affordable : free, pick) ?? courses[0];
  if (course === undefined) throw new Error('there is always a course');
  const again = 7 + (pick % 3);
  return any || free.length > 0 ? course : { ...course, contractId: `k${again}`, number: `${again}` };
}

const blockCourse = draft(
  {
    pick: fc.nat({ max: 999 }),
    any: mostly(false, true),
    on: oneOfWeighted([3, recentDay], [2, fc.integer({ min: -20, max: 0 })]),
    start: mostly(0, 1, 7),
    coPayment: fc.option(fc.boolean(), { nil: undefined }),
    slip,
  },
  ({ pick, any, on, start, coPayment, slip: changed }, moment) => {
    const course = someCourse(pick, any, moment);
    return {
      command: 'blockCourse',
      ...course,
      ...terms(course, on, start, moment),
      ...(coPayment !== undefined && { coPayment }),
      ...changed,
    };
  },
);

/** A contract that was said to be concluded, or rarely nobody's. */
function someContract(pick: number, unknown: boolean, { said }: Moment): string {
  return unknown ? 'nobody' : (pickFrom(saidContracts(said), pick)?.contractId ?? 'k1');
}

const terminateContract = draft(
  {
    pick: fc.nat({ max: 999 }),
    unknown: mostly(false, false, true),
    on: recentDay,
    effective: fc.option(dayNear(fc.integer({ min: -30, max: 20 })), { nil: undefined }),
    initiator: fc.constantFrom('parent', 'provider', 'payer'),
  },
  ({ pick, unknown, on, effective, initiator }, moment) => ({
    command: 'terminateContract',
    contractId: someContract(pick, unknown, moment),
    noticeOn: moment.day(on),
    ...(effective !== undefined && { effectiveOn: effective(moment) }),
    initiator,
    reason: 'переезд',
  }),
);

/** Mostly a contract that is over by the calendar or by what was said. */
function endedContract(pick: number, any: boolean, { said, today }: Moment): SaidContract | undefined {
  const contracts = saidContracts(said);
  const ended = contracts.filter((contract) => saidLastDay(said, contract) <= today);
  return pickFrom(any ? contracts : ended, pick);
}

const dayAfterEnd = fc.option(fc.constantFrom(0, 1), { nil: undefined });

/** Also on the very last day of the contract, and on the day after. */
const releaseBlock = draft(
  { pick: fc.nat({ max: 999 }), any: mostly(false, false, true), on: recentDay, dayAfterEnd },
  ({ pick, any, on, dayAfterEnd: after }, moment) => {
    const contract = endedContract(pick, any, moment);
    const end = contract && after !== undefined ? plusDays(saidLastDay(moment.said, contract), after) : moment.day(on);
    return { command: 'releaseBlock', contractId: contract?.contractId ?? 'nobody', on: end };
  },
);

function plusDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

export const contractDraft: fc.Arbitrary<Draft> = oneOfWeighted(
  [6, blockCourse],
  [2, terminateContract],
  [2, releaseBlock],
);
