import fc from 'fast-check';
import type { InvoiceDocument } from '../naive-model/invoice-document.ts';
import { type Body, type Draft, draft, knownId, type Moment, mostly, oneOfWeighted, recentDay } from './draft.ts';
import { pickFrom } from './said.ts';
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
  {
    month: oneOfWeighted([4, fc.constant(0)], [2, fc.constant(-1)], [1, fc.constant(1)]),
    on: recentDay,
    percent: mostly(80, 33, 1, 0, 81),
    named,
  },
  ({ month, on, percent, named: only }, moment) => ({
    command: 'requestAdvance',
    month: moment.month(month),
    on: moment.day(on),
    percent,
    ...only,
  }),
);

/** Which invoice a step takes: one of the wanted status, rarely any, rarely one that nobody knows. */
const choice = { pick: fc.nat({ max: 99 }), any: mostly(false, false, true), unknown: mostly(false, true) };

interface Choice {
  pick: number;
  any: boolean;
  unknown: boolean;
}

function chosen(
  { pick, any, unknown }: Choice,
  statuses: readonly string[],
  moment: Moment,
): InvoiceDocument | undefined {
  const invoices = moment.invoices().filter((invoice) => any || statuses.includes(invoice.status));
  return unknown ? undefined : pickFrom(invoices, pick);
}

/** Where there is no such invoice a run is made instead, unless the unknown number is wanted. */
function stepOf(
  statuses: readonly string[],
  build: (invoice: { number: string; due: string }, on: string) => Body,
): fc.Arbitrary<Draft> {
  return draft({ choice: fc.record(choice), on: recentDay, run: fc.record(run) }, (values, moment) => {
    const invoice = chosen(values.choice, statuses, moment);
    if (invoice === undefined && !values.choice.unknown) return issuing(values.run, moment);
    return build(invoice ?? { number: 'tutor-2020-0999', due: '1.00' }, moment.day(values.on));
  });
}

const acceptInvoice = stepOf(['issued'], ({ number }, on) => ({ command: 'acceptInvoice', number, on }));

const rejectInvoice = stepOf(['issued'], ({ number }, on) => ({
  command: 'rejectInvoice',
  number,
  on,
  reason: 'нет журнала',
}));

const annulInvoice = stepOf(['issued', 'accepted'], ({ number }, on) => ({
  command: 'annulInvoice',
  number,
  on,
  reason: 'ошибка',
}));

const payment = (amount: string | undefined) =>
  stepOf(['accepted'], ({ number, due }, on) => ({
    command: 'payInvoice',
    number,
    on,
    amount: amount ?? due,
    reference: 'п/п 1',
  }));

const payInvoice = oneOfWeighted([4, payment(undefined)], [1, payment('10.01')]);

export const invoiceDraft: fc.Arbitrary<Draft> = oneOfWeighted(
  [6, issueInvoices],
  [3, requestAdvance],
  [5, acceptInvoice],
  [1, rejectInvoice],
  [1, annulInvoice],
  [3, payInvoice],
);
