import fc from 'fast-check';
import {
  type Body,
  type DayOf,
  type Draft,
  dayNear,
  draft,
  knownId,
  type Moment,
  mostly,
  oneOfWeighted,
  recentDay,
} from './draft.ts';
import { pickFrom, saidOpenFreezes } from './said.ts';
import { certificates, groups, newcomers, type Purse, payers, periods, purses } from './small-world.ts';

const certificateId = knownId(certificates);
const amount = fc.constantFrom('0.01', '10', '33.33', '99.9', '150.00', '200.51', '230.00', '500.01');
const adjusted = fc.constantFrom('0.01', '33.33', '120', '150.00', '200.51', '210.99', '230.00', '500.01');
const anyPurse = fc.record({ certificateId, periodId: knownId(periods) });

const issueCertificate = draft(
  {
    certificateId: mostly('05', '04', '06', '07'),
    payerId: oneOfWeighted([2, fc.constant('east')], [1, fc.constant('west')], [1, knownId(payers)]),
    groupId: oneOfWeighted([4, fc.constant('fund')], [1, knownId(groups)]),
    birthDate: mostly('2010-10-10', '1999-01-01', '2015-09-30', '2004-02-29'),
    on: recentDay,
  },
  ({ on, ...rest }, moment) => ({ command: 'issueCertificate', ...rest, holderId: 'holder', issuedOn: moment.day(on) }),
);

const topUpNominal = draft(
  {
    purse: oneOfWeighted<Purse>(
      [3, fc.constant(purses[3] ?? { certificateId: '01', periodId: 'winter' })],
      [2, fc.constantFrom(...purses.slice(4))],
      [3, fc.record({ certificateId: mostly('05', '06', '07'), periodId: fc.constantFrom(...periods) })],
      [1, fc.constantFrom(...purses)],
      [1, anyPurse],
    ),
    amount: fc.option(amount, { nil: undefined }),
    on: fc.option(recentDay, { nil: undefined }),
  },
  ({ purse, amount: given, on }, moment) => ({
    command: 'topUpNominal',
    ...purse,
    ...(given !== undefined && { amount: given }),
    ...(on !== undefined && { on: moment.day(on) }),
  }),
);

const adjustNominal = draft(
  {
    purse: oneOfWeighted<Purse>(
      [12, fc.constantFrom(...purses.slice(0, 3))],
      [4, fc.constantFrom(...purses)],
      [1, anyPurse],
    ),
    nominal: adjusted,
    on: dayNear(recentDay),
  },
  ({ purse, nominal, on }, moment) => ({
    command: 'adjustNominal',
    ...purse,
    nominal,
    on: on(moment),
    reason: 'индексация',
  }),
);

interface Span {
  certificateId: string;
  from: DayOf;
  days: number | undefined;
}

function freezing({ certificateId: owner, from, days }: Span, moment: Moment): Body {
  const first = from(moment);
  const until = days === undefined ? undefined : plusDays(first, days);
  const span = { from: first, ...(until !== undefined && { until }) };
  return { command: 'freezeCertificate', certificateId: owner, ...span, reason: 'болезнь' };
}

function plusDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

const span = {
  certificateId,
  from: dayNear(fc.integer({ min: -25, max: 10 })),
  days: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined, freq: 2 }),
};

const freezeCertificate = draft(span, freezing);

/** Often soon after the freeze began, though learned late; where no freeze was left open, one is made instead. */
const unfreezeCertificate = draft(
  {
    pick: fc.nat({ max: 999 }),
    any: mostly(false, true),
    on: recentDay,
    afterStart: fc.option(fc.nat({ max: 7 }), { nil: undefined, freq: 2 }),
    span: fc.record(span),
  },
  ({ pick, any, on, afterStart, span: instead }, moment) => {
    const open = pickFrom(saidOpenFreezes(moment.said), pick);
    const owner = any ? instead.certificateId : open?.certificateId;
    if (owner === undefined) return freezing(instead, moment);
    const end = open && afterStart !== undefined ? plusDays(open.from, afterStart) : moment.day(on);
    return { command: 'unfreezeCertificate', certificateId: owner, on: end };
  },
);

const closeCertificate = draft(
  {
    certificateId: oneOfWeighted([1, fc.constantFrom('01', '02', '03')], [1, fc.constantFrom('04', ...newcomers)]),
    on: dayNear(recentDay),
    reason: fc.constantFrom('age', 'moved', 'request', 'error'),
  },
  ({ on, ...rest }, moment) => ({ command: 'closeCertificate', ...rest, on: on(moment) }),
);

const closePeriod = draft(
  { payerId: knownId(payers), any: mostly(false, true), period: knownId(periods), on: recentDay },
  ({ payerId, any, period, on }, moment) => {
    const own = payerId === 'west' ? '2020' : 'autumn';
    return { command: 'closePeriod', payerId, periodId: any ? period : own, on: moment.day(on) };
  },
);

export const certificateDraft: fc.Arbitrary<Draft> = oneOfWeighted(
  [2, issueCertificate],
  [5, topUpNominal],
  [4, adjustNominal],
  [4, freezeCertificate],
  [4, unfreezeCertificate],
  [1, closeCertificate],
  [2, closePeriod],
);
