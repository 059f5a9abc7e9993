import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/index.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { answerOf, contentsOf } from '../support/nodes/answers.ts';
import { haltingStore } from '../support/nodes/halting-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

const issue = (month: string, given: Record<string, unknown> = {}) => ({
  command: 'issueInvoices',
  month,
  on: '2020-09-02',
  ...given,
});
const reject = (number: string) => ({ command: 'rejectInvoice', number, on: '2020-09-03', reason: 'о' });

/** Two providers who have taught one lesson in July and one in August. */
const taught: readonly Body[] = [
  { providerId: 'club', certificateId: '01' },
  { providerId: 'school', certificateId: '02' },
].flatMap(({ providerId, certificateId }) => [
  block(providerId, certificateId, { providerId, date: '2020-07-01', from: '2020-07-01' }),
  lesson(`${providerId}-7`, '2020-07-20', providerId),
  lesson(`${providerId}-8`, '2020-08-20', providerId),
]);

async function townStore(shared: boolean, { without = '' } = {}): Promise<EventStore> {
  const afterwards = taught.filter(({ lessonId }) => lessonId !== without);
  return copyOf(await schoolWorld({ afterwards }), { shared });
}

async function invoicesOf(ledger: Ledger) {
  const invoices = [];
  for await (const invoice of ledger.invoices()) invoices.push(invoice);
  return invoices;
}

/** What everything comes to when the runs go one after another. */
async function oneAfterAnother(...months: readonly string[]): Promise<string> {
  const ledger = await openNode(await townStore(false));
  for (const month of months) await ledger.executeUnknown({ ...issue(month), id: month });
  return contentsOf(ledger);
}

describe('when a node stands still while it issues invoices, and another issues those of another month', () => {
  test('the number it has reserved is used first, for what it has cut', async () => {
    const store = await townStore(true);
    const halting = haltingStore(store, 'InvoiceIssued');
    const [slow, quick] = [await openNode(halting.store), await openNode(store)];
    const july = answerOf(slow, { ...issue('2020-07'), id: 'july' });
    await halting.halted;
    const august = await answerOf(quick, { ...issue('2020-08', { providerId: 'club' }), id: 'august' });
    expect(august).toMatchObject({
      events: ['InvoiceIssued'],
      outcome: { invoices: [{ number: 'club-2020-0002', result: 'issued', due: '25.00' }] },
    });
    halting.goOn();
    expect(await july).toMatchObject({
      outcome: {
        invoices: [
          { number: 'club-2020-0001', result: 'issued', due: '25.00' },
          { number: 'school-2020-0001', result: 'issued', due: '25.00' },
        ],
      },
    });
    await quick.executeUnknown({ ...issue('2020-08'), id: 'rest' });
    expect(await contentsOf(quick)).toBe(await oneAfterAnother('2020-07', '2020-08'));
    expect((await quick.verify()).findings).toEqual([]);
  });

  test('with nothing left for its month it issues nothing', async () => {
    const store = await townStore(true);
    const halting = haltingStore(store, 'InvoiceNumberReserved');
    const [slow, quick] = [await openNode(halting.store), await openNode(store)];
    const july = answerOf(slow, { ...issue('2020-07'), id: 'july' });
    await halting.halted;
    expect(await answerOf(quick, { ...issue('2020-08'), id: 'august' })).toMatchObject({ ok: true });
    halting.goOn();
    expect(await july).toMatchObject({ events: [], outcome: { invoices: [] } });
    expect(await contentsOf(quick)).toBe(await oneAfterAnother('2020-08', '2020-07'));
    expect((await quick.verify()).findings).toEqual([]);
  });

  test('of two runs of one month one has issued an invoice', async () => {
    const store = await townStore(true);
    const halting = haltingStore(store, 'InvoiceIssued');
    const [slow, quick] = [await openNode(halting.store), await openNode(store)];
    const first = answerOf(slow, { ...issue('2020-07', { providerId: 'club' }), id: 'first' });
    await halting.halted;
    const second = await answerOf(quick, {
      ...issue('2020-07', { providerId: 'club', on: '2020-09-05' }),
      id: 'second',
    });
    const invoice = { number: 'club-2020-0001', due: '25.00' };
    expect(second).toMatchObject({ events: [], outcome: { invoices: [{ ...invoice, result: 'alreadyIssued' }] } });
    halting.goOn();
    expect(await first).toMatchObject({
      events: ['InvoiceIssued'],
      outcome: { invoices: [{ ...invoice, result: 'issued' }] },
    });
    expect(await invoicesOf(quick)).toMatchObject([{ number: 'club-2020-0001', issuedOn: '2020-09-02' }]);
  });
});

describe('when another node has finished a run, and an invoice of it was rejected', () => {
  test.each([
    { title: 'the first pair was drawn', type: 'InvoiceIssued', rejected: 'club-2020-0001' },
    { title: 'the second pair was cut', type: 'InvoiceNumberReserved', rejected: 'school-2020-0001' },
  ])('whoever had stood still before $title does not issue it anew', async ({ type, rejected }) => {
    const store = await townStore(true);
    const halting = haltingStore(store, type, { after: type === 'InvoiceIssued' ? 0 : 1 });
    const [slow, quick] = [await openNode(halting.store), await openNode(store)];
    const late = answerOf(slow, { ...issue('2020-07'), id: 'july' });
    await halting.halted;
    await quick.finishAbandoned(0);
    await quick.executeUnknown({ ...reject(rejected), id: 'reject' });
    halting.goOn();
    const issued = ['club', 'school'].map((providerId) => ({ number: `${providerId}-2020-0001`, result: 'issued' }));
    expect(await late).toMatchObject({ outcome: { invoices: issued } });
    expect((await invoicesOf(quick)).map(({ number }) => number)).toEqual(['club-2020-0001', 'school-2020-0001']);
    expect((await quick.verify()).findings).toEqual([]);
  });
});

describe('when two nodes go on with one run, and the later one finds more to invoice', () => {
  test('both tell all its invoices', async () => {
    const store = await townStore(true, { without: 'school-7' });
    const halting = [haltingStore(store, 'InvoiceIssued'), haltingStore(store, 'CommandCompleted')] as const;
    const nodes = [await openNode(halting[0].store), await openNode(halting[1].store)] as const;
    const third = await openNode(store);
    const late = answerOf(nodes[0], { ...issue('2020-07'), id: 'july' });
    await halting[0].halted;
    await third.executeUnknown({ ...lesson('school-7', '2020-07-20', 'school'), id: 'lesson' });
    const finishing = nodes[1].finishAbandoned(0);
    await halting[1].halted;
    halting[0].goOn();
    const invoices = ['club', 'school'].map((providerId) => ({ number: `${providerId}-2020-0001`, result: 'issued' }));
    expect(await late).toMatchObject({ ok: true, outcome: { invoices } });
    halting[1].goOn();
    await finishing;
    expect(await third.executeUnknown({ ...issue('2020-07'), id: 'july' })).toMatchObject({
      replayed: true,
      eventCounts: { InvoiceIssued: 2 },
      outcome: { invoices },
    });
    expect((await third.verify()).findings).toEqual([]);
  });
});
