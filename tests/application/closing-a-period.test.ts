import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/store/event-store.ts';
import { answerOf } from '../support/nodes/answers.ts';
import { haltingStore } from '../support/nodes/halting-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import { CERTIFICATES, schoolWorld } from '../support/nodes/school-world.ts';
import { wholeLog } from '../support/store/stored-forms.ts';

const closeSpring = { command: 'closePeriod', payerId: 'uo', periodId: 'spring', on: '2020-06-01' };

function topUp(certificateId: string) {
  return { command: 'topUpNominal', certificateId, periodId: 'spring' };
}

/** A store of several nodes, in which the certificates are topped up for the period that is over. */
async function springWorld(certificates: readonly string[] = CERTIFICATES): Promise<EventStore> {
  return copyOf(await schoolWorld({ afterwards: certificates.map(topUp) }), { shared: true });
}

async function count(store: EventStore, type: string): Promise<number> {
  return (await wholeLog(store, 1000)).filter((event) => event.type === type).length;
}

describe('when two nodes go on with one closing of a period', () => {
  test.each([
    { title: 'before it has closed anything', type: 'FundingPeriodClosed', after: 0 },
    { title: "before it has closed the groups' accounts", type: 'PlacesClosed', after: 0 },
    { title: 'before the second certificate', type: 'PeriodClosed', after: 1 },
    { title: 'before it is completed', type: 'CommandCompleted', after: 0 },
  ])('each event is there once, and both tell them all: the first stands still $title', async ({ type, after }) => {
    const store = await springWorld();
    const halting = haltingStore(store, type, { after });
    const other = haltingStore(store, 'CommandCompleted');
    const [slow, quick] = [await openNode(halting.store), await openNode(other.store)];
    const first = slow.executeUnknown({ ...closeSpring, id: 'close' });
    await halting.halted;
    const finished = quick.finishAbandoned(0);
    await other.halted;
    halting.goOn();
    const done = {
      events: ['FundingPeriodClosed', 'PeriodClosed'],
      eventCounts: { FundingPeriodClosed: 1, PeriodClosed: 3 },
    };
    expect(await first).toMatchObject({ replayed: false, ...done });
    other.goOn();
    await finished;
    expect(await quick.executeUnknown({ ...closeSpring, id: 'close' })).toMatchObject({ replayed: true, ...done });
    expect([await count(store, 'FundingPeriodClosed'), await count(store, 'PeriodClosed')]).toEqual([1, 3]);
    expect((await quick.verify()).findings).toEqual([]);
  });

  test('what it has only fenced is not told', async () => {
    const store = await springWorld(['01']);
    const [joining, closing] = [haltingStore(store, 'NominalToppedUp'), haltingStore(store, 'CommandCompleted')];
    const late = answerOf(await openNode(joining.store), { ...topUp('02'), id: 'late' });
    await joining.halted;
    const slow = answerOf(await openNode(closing.store), { ...closeSpring, id: 'close' });
    await closing.halted;
    expect(await count(store, 'StreamFenced')).toBe(1);
    const quick = await openNode(store);
    const told = await quick.executeUnknown({ ...closeSpring, id: 'close' });
    expect(told.eventCounts).toEqual({ FundingPeriodClosed: 1, PeriodClosed: 1 });
    closing.goOn();
    joining.goOn();
    expect(await slow).toMatchObject({ ok: true });
    expect(await late).toEqual({ ok: false, code: 'period.not_open' });
  });
});

describe('when two nodes close one period by two commands', () => {
  const refused = { ok: false, code: 'period.not_open' };

  test.each(['finished by itself', 'finished by the other'])(
    'the one that comes later is refused for good: %s',
    async (by) => {
      const store = await springWorld();
      const halting = haltingStore(store, 'FundingPeriodClosed');
      const [slow, quick] = [await openNode(halting.store), await openNode(store)];
      const late = answerOf(slow, { ...closeSpring, id: 'late' });
      await halting.halted;
      const accepted = await quick.executeUnknown({ ...closeSpring, id: 'first' });
      expect(accepted).toMatchObject({ eventCounts: { FundingPeriodClosed: 1, PeriodClosed: 3 } });
      if (by === 'finished by the other') await quick.finishAbandoned(0);
      halting.goOn();
      expect(await late).toEqual(refused);
      for (const node of [slow, quick, await openNode(store)]) {
        expect(await answerOf(node, { ...closeSpring, id: 'late' })).toEqual(refused);
        expect((await node.status()).openIntents).toEqual([]);
      }
      expect(await answerOf(quick, { ...closeSpring, id: 'first' })).toMatchObject({ ok: true, replayed: true });
      expect([await count(store, 'FundingPeriodClosed'), await count(store, 'PeriodClosed')]).toEqual([1, 3]);
      expect((await quick.verify()).findings).toEqual([]);
    },
  );
});
