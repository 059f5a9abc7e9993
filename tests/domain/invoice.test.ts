import { describe, expect, test } from 'vitest';
import type { Unbilled } from '../../src/domain/invoice/billing.ts';
import { drawUpInvoice, invoiceLines, refuseUnfinishedMonth } from '../../src/domain/invoice/billing.ts';
import { decideInvoice } from '../../src/domain/invoice/decide.ts';
import type { InvoiceEvent, IssuedInvoice } from '../../src/domain/invoice/events.ts';
import type { InvoicesState } from '../../src/domain/invoice/state.ts';
import { evolveInvoices, initialInvoicesState } from '../../src/domain/invoice/state.ts';
import { LedgerError } from '../../src/kernel/errors.ts';
import type { Sent } from '../support/given-when-then.ts';
import { roubles, specify } from '../support/given-when-then.ts';

const { given } = specify<InvoicesState, InvoiceEvent, { readonly today: string }>({
  initialState: initialInvoicesState,
  evolve: evolveInvoices,
  decide(command, day, state) {
    switch (command.command) {
      case 'acceptInvoice':
      case 'rejectInvoice':
      case 'annulInvoice':
      case 'payInvoice':
        return decideInvoice(command, day, state);
      default:
        throw new RangeError(`${command.command} is no command on an invoice`);
    }
  },
});

const day = { today: '2020-03-31' };

function codeOf(decide: () => void): string {
  try {
    decide();
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
  return 'taken';
}

describe('when a month is to be invoiced (SPEC section 6)', () => {
  test.each([
    ['2020-02', '2020-02-29', 'invoice.month_not_over'],
    ['2020-02', '2020-03-01', 'taken'],
    ['2020-11', '2020-11-30', 'invoice.month_not_over'],
    ['2020-12', '2020-12-24', 'invoice.month_not_over'],
    ['2020-12', '2020-12-25', 'taken'],
    ['2020-12', '2021-01-01', 'taken'],
  ])('%s on %s: %s', (month, on, outcome) => {
    expect(codeOf(() => refuseUnfinishedMonth(month, on))).toBe(outcome);
  });
});

function sum(
  contractNumber: string,
  month: string,
  lessons: number,
  amount: `${number}`,
  differing: Partial<Unbilled> = {},
): Unbilled {
  const contract = {
    contractId: `k${contractNumber}`,
    contractNumber,
    contractDate: '2020-01-15',
    certificateId: '0017',
  };
  return { ...contract, month, lessons, amount: roubles(amount), ...differing };
}

describe('when the lines of an invoice are drawn up (SPEC section 6)', () => {
  test('sums of the month are charges, of earlier months corrections, of later months not billed yet', () => {
    const lines = invoiceLines('2020-03', [
      sum('1', '2020-03', 4, '666.67'),
      sum('1', '2020-02', -1, '-166.67'),
      sum('1', '2020-04', 1, '166.67'),
    ]);
    expect(lines.map(({ kind, month, lessons, amount }) => [kind, month, lessons, amount])).toEqual([
      ['correction', '2020-02', -1, -16_667],
      ['charge', '2020-03', 4, 66_667],
    ]);
  });

  test('a line of 0.00 without lessons is left out, one of 0.00 with lessons and one of an amount without are not', () => {
    const lines = invoiceLines('2020-03', [
      sum('1', '2020-03', 0, '0.00'),
      sum('2', '2020-03', 1, '0.00'),
      sum('3', '2020-03', 0, '0.01'),
    ]);
    expect(lines.map(({ contractNumber }) => contractNumber)).toEqual(['2', '3']);
  });

  test('they are ordered by number as text by code point, month, date, contractId', () => {
    const lines = invoiceLines('2020-03', [
      sum('9', '2020-03', 1, '1.00'),
      sum('10', '2020-03', 1, '1.00', { contractId: 'b' }),
      sum('10', '2020-03', 1, '1.00', { contractId: 'a' }),
      sum('10', '2020-03', 1, '1.00', { contractId: 'z', contractDate: '2020-01-14' }),
      sum('10', '2020-02', 1, '1.00', { contractId: 'y', contractDate: '2020-02-01' }),
      sum('\u{1F600}', '2020-03', 1, '1.00'),
      sum('\uFF21', '2020-03', 1, '1.00'),
    ]);
    expect(lines.map(({ contractId }) => contractId)).toEqual(['y', 'z', 'a', 'b', 'k9', 'k\uFF21', 'k\u{1F600}']);
  });
});

const head = { number: 'cdt-2020-0002', payerId: 'uo', providerId: 'cdt', month: '2020-03', issuedOn: '2020-04-01' };

function issued(number: string, month: string, due: `${number}`, carriedOut: `${number}` = '0.00'): IssuedInvoice {
  const none = { services: 0, corrections: 0, carriedIn: 0, advance: 0, total: 0, lines: [] };
  const pair = { payerId: 'uo', providerId: 'cdt' };
  return {
    type: 'InvoiceIssued',
    effectiveOn: '2020-03-01',
    number,
    ...pair,
    month,
    ...none,
    due: roubles(due),
    carriedOut: roubles(carriedOut),
  };
}

function drawn(history: readonly InvoiceEvent[], unbilled: readonly Unbilled[]) {
  const state = history.reduce(evolveInvoices, initialInvoicesState());
  const { type, effectiveOn, lines, number, payerId, providerId, month, ...sums } = drawUpInvoice(
    head,
    invoiceLines('2020-03', unbilled),
    state,
  );
  return Object.fromEntries(Object.entries(sums).map(([name, amount]) => [name, (amount / 100).toFixed(2)]));
}

function advanced(month: string, amount: `${number}`): InvoiceEvent {
  return {
    type: 'AdvanceRequested',
    effectiveOn: '2020-03-03',
    payerId: 'uo',
    providerId: 'cdt',
    month,
    percent: 80,
    amount: roubles(amount),
    contracts: [],
  };
}

describe('when the sums of an invoice are drawn up (SPEC section 6)', () => {
  const lines = [
    sum('1', '2020-03', 4, '666.67'),
    sum('2', '2020-03', 1, '100.00'),
    sum('1', '2020-02', -1, '-166.67'),
  ];

  test('total = services + corrections + carriedIn − advance', () => {
    const history = [
      issued('cdt-2020-0001', '2020-02', '0.00', '-50.00'),
      advanced('2020-03', '500.00'),
      advanced('2020-02', '7.00'),
    ];
    expect(drawn(history, lines)).toEqual({
      services: '766.67',
      corrections: '-166.67',
      carriedIn: '-50.00',
      advance: '500.00',
      total: '50.00',
      due: '50.00',
      carriedOut: '0.00',
    });
  });

  test('a negative total is not due but carried to the next', () => {
    expect(drawn([advanced('2020-03', '700.00')], lines)).toMatchObject({
      total: '-100.00',
      due: '0.00',
      carriedOut: '-100.00',
    });
    expect(drawn([advanced('2020-03', '600.00')], lines)).toMatchObject({
      total: '0.00',
      due: '0.00',
      carriedOut: '0.00',
    });
  });

  test('what is carried in is that of the last invoice in force, in the order of issue', () => {
    const first = issued('cdt-2020-0001', '2020-02', '0.00', '-50.00');
    const second = issued('cdt-2020-0003', '2020-01', '0.00', '-20.00');
    expect(drawn([first, second], lines)).toMatchObject({ carriedIn: '-20.00' });
    for (const type of ['InvoiceRejected', 'InvoiceAnnulled'] as const) {
      const ended: InvoiceEvent = { type, effectiveOn: '2020-03-02', number: 'cdt-2020-0003', reason: 'ошибка' };
      expect(drawn([first, second, ended], lines)).toMatchObject({ carriedIn: '-50.00' });
    }
  });
});

describe('when an invoice goes through its life (SPEC section 6)', () => {
  const number = 'cdt-2020-0001';
  const out = issued(number, '2020-02', '600.00');
  const on = '2020-03-31';
  const accept: Sent = { command: 'acceptInvoice', number, on };
  const reject: Sent = { command: 'rejectInvoice', number, on, reason: 'нет журнала' };
  const annul: Sent = { command: 'annulInvoice', number, on, reason: 'нет журнала' };
  const pay = (amount: string): Sent => ({ command: 'payInvoice', number, on, amount, reference: 'п/п 1' });
  const accepted: InvoiceEvent = { type: 'InvoiceAccepted', effectiveOn: on, number };
  const paid: InvoiceEvent = {
    type: 'InvoicePaid',
    effectiveOn: on,
    number,
    amount: roubles('600.00'),
    reference: 'п/п 1',
  };
  const rejected: InvoiceEvent = { type: 'InvoiceRejected', effectiveOn: on, number, reason: 'нет журнала' };
  const annulled: InvoiceEvent = { type: 'InvoiceAnnulled', effectiveOn: on, number, reason: 'нет журнала' };

  test.each<[string, Sent, string[]]>([
    ['accepted', accept, ['issued']],
    ['paid', pay('600'), ['accepted']],
    ['rejected', reject, ['issued']],
    ['annulled', annul, ['issued', 'accepted']],
  ])('it can be %s only from where it may', (_, command, from) => {
    const histories: Record<string, InvoiceEvent[]> = {
      issued: [out],
      accepted: [out, accepted],
      paid: [out, accepted, paid],
      rejected: [out, rejected],
      annulled: [out, annulled],
    };
    for (const [status, history] of Object.entries(histories)) {
      const decision = given(history).when(command, day);
      if (from.includes(status)) decision.accepted();
      else decision.thenRefused('invoice.wrong_status', new RegExp(`${number} is ${status}`));
    }
  });

  test('each step is an event of its own', () => {
    given([out]).when(accept, day).thenEvents([accepted]);
    given([out, accepted]).when(pay('600'), day).thenEvents([paid]);
    given([out]).when(reject, day).thenEvents([rejected]);
    given([out, accepted]).when(annul, day).thenEvents([annulled]);
  });

  test('exactly what is due is paid', () => {
    for (const amount of ['599.99', '600.01', '0']) {
      given([out, accepted])
        .when(pay(amount), day)
        .thenRefused('invoice.amount_differs', /600\.00/);
    }
  });

  test('with nothing due it is paid by being accepted', () => {
    const nothing = issued(number, '2020-02', '0.00', '-50.00');
    const settled: InvoiceEvent = { type: 'InvoicePaid', effectiveOn: on, number, amount: 0 };
    given([nothing]).when(accept, day).thenEvents([accepted, settled]);
    given([nothing, accepted, settled]).when(pay('0'), day).thenRefused('invoice.wrong_status', /paid/);
    given([nothing, accepted, settled]).when(annul, day).thenRefused('invoice.wrong_status', /paid/);
  });

  test('only the last in force of the pair may be rejected or annulled, accepted and paid each', () => {
    const later = issued('cdt-2020-0002', '2020-03', '1.00');
    for (const command of [reject, annul]) {
      given([out, later])
        .when(command, day)
        .thenRefused('invoice.wrong_status', /cdt-2020-0001.*cdt-2020-0002/);
      const gone: InvoiceEvent = {
        type: 'InvoiceAnnulled',
        effectiveOn: on,
        number: 'cdt-2020-0002',
        reason: 'ошибка',
      };
      given([out, later, gone]).when(command, day).accepted();
    }
    given([out, later]).when(accept, day).thenEvents([accepted]);
    given([out, accepted, later]).when(pay('600'), day).thenEvents([paid]);
  });

  test('the first broken rule is reported: the invoice, its status, the figures, the future', () => {
    const before = { today: '2020-03-30' };
    given([])
      .when(pay('1'), before)
      .thenRefused('invoice.not_found', /cdt-2020-0001/);
    given([out])
      .when(pay('1'), before)
      .thenRefused('invoice.wrong_status', /issued/);
    given([out, accepted]).when(pay('1'), before).thenRefused('invoice.amount_differs');
    given([out, accepted])
      .when(pay('600'), before)
      .thenRefused('date.in_future', /2020-03-31.*2020-03-30/);
  });
});
