import fc from 'fast-check';
import { type Body, type Draft, draft, knownId, type Moment, mostly, oneOfWeighted, recentDay } from './draft.ts';
import { saidInvoiceRuns } from './said.ts';
import { payers, providers } from './small-world.ts';

/** Usually a run over all pairs, sometimes over those of one payer or provider. */
const named: fc.Arbitrary<Partial<Body>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ payerId: knownId(payers) }) },
  { weight: 1, arbitrary: fc.record({ providerId: knownId(providers) }) },
  { weight: 1, arbitrary: fc.record({ payerId: knownId(payers), providerId: knownId(providers) }) },
);

const run = { month: mostly(-1, -2, 0, 1), on: recentDay, named };

function issuing(values: { month: number; on: number; named: Partial<Body> }, moment: Moment): Body {
  return { command: 'issueInvoices', month: moment.month(values.month), on: moment.day(values.on), ...values.named };
}

const issueInvoices = draft(run, issuing);

const requestAdvance = draft(
  { month: mostly(0, -1, 1), on: recentDay, percent: mostly(80, 33, 1, 0, 81), named },
  ({ month, on, percent, named: only }, moment) => ({
    command: 'requestAdvance',
    month: moment.month(month),
    on: moment.day(on),
    percent,
    ...only,
  }),
);

const number = {
  providerId: oneOfWeighted([3, fc.constant('tutor')], [1, knownId(providers)]),
  sequence: oneOfWeighted([3, fc.constant(1)], [2, fc.constant(2)], [1, fc.integer({ min: 3, max: 5 })]),
};

interface Step {
  providerId: string;
  sequence: number;
  on: number;
  run: { month: number; on: number; named: Partial<Body> };
}

/** A step in the life of an invoice; where none can exist yet, a run is made instead. */
function step<T>(parameters: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Draft> {
  const all = fc.record({ ...number, on: recentDay, run: fc.record(run) });
  return fc.tuple(all, fc.record(parameters)).map(([common, own]): Draft => (moment) => stepAt(common, own, moment));
}

function stepAt({ providerId, sequence, on, run: instead }: Step, own: object, moment: Moment): Body {
  if (saidInvoiceRuns(moment.said) === 0) return issuing(instead, moment);
  const invoice = { number: `${providerId}-2020-000${sequence}`, on: moment.day(on) };
  return { command: 'acceptInvoice', ...invoice, ...own };
}

const acceptInvoice = step({ command: fc.constant('acceptInvoice') });
const refuseInvoice = step({ command: fc.constantFrom('rejectInvoice', 'annulInvoice'), reason: fc.constant('ошибка') });
const payInvoice = step({
  command: fc.constant('payInvoice'),
  amount: fc.constantFrom('10.00', '20.00', '30', '40.00', '4.76', '14.76', '9.52', '0'),
  reference: fc.constant('п/п 1'),
});

export const invoiceDraft: fc.Arbitrary<Draft> = oneOfWeighted(
  [6, issueInvoices],
  [3, requestAdvance],
  [5, acceptInvoice],
  [2, refuseInvoice],
  [4, payInvoice],
);
