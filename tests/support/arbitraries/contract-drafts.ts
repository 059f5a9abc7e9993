import fc from 'fast-check';
import { type Body, type Draft, draft, knownId, type Moment, mostly, oneOfWeighted, recentDay } from './draft.ts';
import { pickFrom, saidContracts } from './said.ts';
import { agreements, certificates, type Course, courses, programmes, providers } from './small-world.ts';

/** One thing about a contract that may go wrong. */
const slip: fc.Arbitrary<Partial<Body>> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ number: fc.constantFrom('1', '2', '3', '4') }) },
  { weight: 1, arbitrary: fc.record({ agreementId: knownId(agreements) }) },
  { weight: 1, arbitrary: fc.record({ certificateId: knownId(certificates) }) },
  { weight: 1, arbitrary: fc.record({ programmeId: knownId(programmes), providerId: knownId(providers) }) },
  { weight: 1, arbitrary: fc.record({ programmeId: fc.constantFrom('drafts'), providerId: fc.constantFrom('studio') }) },
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
  const from = laterOf(laterOf(date, course.from), moment.day(start));
  return { date, from, until: laterOf(from, course.until) };
}

/** Courses not yet said to be concluded, if there are any and nothing goes wrong. */
function someCourse(pick: number, any: boolean, { said, today }: Moment): Course | undefined {
  const taken = new Set(saidContracts(said).map((contract) => contract.contractId));
  const free = courses.filter((course) => !taken.has(course.contractId) && today <= course.until);
  return pickFrom(any || free.length === 0 ? courses.slice(3) : free, pick);
}

const blockCourse = draft(
  {
    pick: fc.nat({ max: 999 }),
    any: mostly(false, true),
    on: recentDay,
    start: mostly(0, 1, 7),
    coPayment: fc.option(fc.boolean(), { nil: undefined }),
    slip,
  },
  ({ pick, any, on, start, coPayment, slip: changed }, moment) => {
    const course = someCourse(pick, any, moment) ?? courses[0];
    if (course === undefined) throw new Error('there is always a course');
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
    effective: fc.option(fc.integer({ min: -30, max: 20 }), { nil: undefined }),
    initiator: fc.constantFrom('parent', 'provider', 'payer'),
  },
  ({ pick, unknown, on, effective, initiator }, moment) => ({
    command: 'terminateContract',
    contractId: someContract(pick, unknown, moment),
    noticeOn: moment.day(on),
    ...(effective !== undefined && { effectiveOn: moment.day(effective) }),
    initiator,
    reason: 'переезд',
  }),
);

const releaseBlock = draft(
  { pick: fc.nat({ max: 999 }), unknown: mostly(false, false, true), on: recentDay },
  ({ pick, unknown, on }, moment) => ({
    command: 'releaseBlock',
    contractId: someContract(pick, unknown, moment),
    on: moment.day(on),
  }),
);

export const contractDraft: fc.Arbitrary<Draft> = oneOfWeighted(
  [6, blockCourse],
  [2, terminateContract],
  [3, releaseBlock],
);
