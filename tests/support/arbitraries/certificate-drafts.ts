import fc from 'fast-check';
import { type Body, type Draft, draft, knownId, type Moment, mostly, oneOfWeighted, recentDay } from './draft.ts';
import { pickFrom, saidOpenFreezes } from './said.ts';
import { certificates, groups, newcomers, payers, periods, type Purse, purses } from './small-world.ts';

const certificateId = knownId(certificates);
const amount = fc.constantFrom('0.01', '10', '33.33', '99.9', '150.00', '200.51', '230.00', '500.01');
const anyPurse = fc.record({ certificateId, periodId: knownId(periods) });

const issueCertificate = draft(
  {
    certificateId: mostly('05', '04', '06', '07'),
    payerId: mostly('east', 'west', 'nobody'),
    groupId: oneOfWeighted([4, fc.constant('fund')], [1, knownId(groups)]),
    birthDate: mostly('2010-10-10', '1999-01-01', '2015-09-30', '2004-02-29'),
    on: recentDay,
  },
  ({ on, ...rest }, moment) => ({ command: 'issueCertificate', ...rest, holderId: 'holder', issuedOn: moment.day(on) }),
);

const topUpNominal = draft(
  {
    purse: oneOfWeighted<Purse>(
      [4, fc.constantFrom(...purses.slice(4))],
      [2, fc.record({ certificateId: fc.constantFrom(...newcomers), periodId: fc.constantFrom('autumn', 'winter') })],
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
      [12, fc.constantFrom(...purses.slice(0, 4))],
      [3, fc.constantFrom(...purses)],
      [1, anyPurse],
    ),
    nominal: amount,
    on: recentDay,
  },
  ({ purse, nominal, on }, moment) => ({
    command: 'adjustNominal',
    ...purse,
    nominal,
    on: moment.day(on),
    reason: 'индексация',
  }),
);

function freezing(values: { certificateId: string; from: number; days: number | undefined }, moment: Moment): Body {
  return {
    command: 'freezeCertificate',
    certificateId: values.certificateId,
    from: moment.day(values.from),
    ...(values.days !== undefined && { until: moment.day(values.from + values.days) }),
    reason: 'болезнь',
  };
}

const span = {
  certificateId,
  from: fc.integer({ min: -25, max: 10 }),
  days: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined, freq: 2 }),
};

const freezeCertificate = draft(span, freezing);

/** Where no freeze was left open, one is made instead. */
const unfreezeCertificate = draft(
  { pick: fc.nat({ max: 999 }), any: mostly(false, true), on: recentDay, span: fc.record(span) },
  ({ pick, any, on, span: instead }, moment) => {
    const owner = any ? instead.certificateId : pickFrom(saidOpenFreezes(moment.said), pick);
    if (owner === undefined) return freezing(instead, moment);
    return { command: 'unfreezeCertificate', certificateId: owner, on: moment.day(on) };
  },
);

const closeCertificate = draft(
  {
    certificateId: oneOfWeighted([1, fc.constantFrom('01', '02', '03')], [2, fc.constantFrom('04', ...newcomers)]),
    on: recentDay,
    reason: fc.constantFrom('age', 'moved', 'request', 'error'),
  },
  ({ on, ...rest }, moment) => ({ command: 'closeCertificate', ...rest, on: moment.day(on) }),
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
  [4, topUpNominal],
  [4, adjustNominal],
  [4, freezeCertificate],
  [4, unfreezeCertificate],
  [1, closeCertificate],
  [2, closePeriod],
);
