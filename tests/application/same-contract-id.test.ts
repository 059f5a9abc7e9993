import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/store/event-store.ts';
import { answerOf } from '../support/nodes/answers.ts';
import { overdrawn } from '../support/nodes/counted-log.ts';
import { haltingStore } from '../support/nodes/halting-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import type { Limits } from '../support/nodes/school-world.ts';
import { block, schoolWorld } from '../support/nodes/school-world.ts';

const taken = { ok: false, code: 'contract.already_exists' };

async function shared(world: Limits): Promise<EventStore> {
  return copyOf(await schoolWorld(world), { shared: true });
}

/** Nothing is above its limit, and another contract finds what is left of it: 50.00 of the 150.00. */
async function onlyTheRestIsLeft(store: EventStore): Promise<void> {
  const node = await openNode(store);
  const more = { moduleId: 'm3', price: '50.01' };
  expect(await answerOf(node, { ...block('k2', '03', more), id: 'more' })).toEqual({
    ok: false,
    code: 'agreement.limit_reached',
  });
  expect(await answerOf(node, { ...block('k2', '03', { ...more, price: '50.00' }), id: 'rest' })).toMatchObject({
    ok: true,
  });
  expect(await overdrawn(store)).toEqual([]);
  expect((await node.verify()).findings).toEqual([]);
}

describe('when a contract id is used again on another node', () => {
  test.each(['01', '02'])(
    'the share of the first contract goes on counting (then on certificate %s)',
    async (certificate) => {
      const store = await shared({ agreement: '150.00' });
      const [one, other] = [await openNode(store), await openNode(store)];
      expect(await answerOf(one, { ...block('k1', '01'), id: 'one' })).toMatchObject({ ok: true });
      const again = block('k1', certificate, { moduleId: 'm2', number: 'n', price: '30.00' });
      expect(await answerOf(other, { ...again, id: 'other' })).toEqual(taken);
      await onlyTheRestIsLeft(store);
    },
  );

  test.each(['01', '02'])(
    'while the first stands still, one share counts (then on certificate %s)',
    async (certificate) => {
      const store = await shared({ agreement: '150.00' });
      const halting = [haltingStore(store, 'CourseBlocked'), haltingStore(store, 'CourseBlocked')] as const;
      const [one, other] = [await openNode(halting[0].store), await openNode(halting[1].store)];
      const first = answerOf(one, { ...block('k1', '01'), id: 'one' });
      await halting[0].halted;
      const lower = block('k1', certificate, { moduleId: 'm2', number: 'n', price: '30.00' });
      const second = answerOf(other, { ...lower, id: 'other' });
      await halting[1].halted;
      halting[0].goOn();
      expect(await first).toMatchObject({ ok: true });
      halting[1].goOn();
      expect(await second).toEqual(taken);
      await onlyTheRestIsLeft(store);
    },
  );

  test('what the one that comes too late had reserved is free again', async () => {
    const store = await shared({ agreement: '150.00' });
    const halting = [haltingStore(store, 'CourseBlocked'), haltingStore(store, 'CourseBlocked')] as const;
    const [one, other] = [await openNode(halting[0].store), await openNode(halting[1].store)];
    const high = answerOf(one, { ...block('k1', '01'), id: 'one' });
    await halting[0].halted;
    const low = answerOf(other, { ...block('k1', '01', { number: 'n', price: '30.00' }), id: 'other' });
    await halting[1].halted;
    halting[1].goOn();
    expect(await low).toMatchObject({ outcome: { share: '30.00' } });
    halting[0].goOn();
    expect(await high).toEqual(taken);
    const node = await openNode(store);
    expect(await answerOf(node, { ...block('k2', '02'), id: 'two' })).toMatchObject({ ok: true });
    expect(await answerOf(node, { ...block('k3', '03', { price: '20.01' }), id: 'more' })).toEqual({
      ok: false,
      code: 'agreement.limit_reached',
    });
    expect(await answerOf(node, { ...block('k3', '03', { price: '20.00' }), id: 'rest' })).toMatchObject({ ok: true });
    expect(await overdrawn(store)).toEqual([]);
    expect((await node.verify()).findings).toEqual([]);
  });
});

describe('when a contract number is taken for two contracts of one certificate at once', () => {
  test('one of them is refused, whoever has reserved it last', async () => {
    const store = await shared({});
    const halting = [haltingStore(store, 'CourseBlocked'), haltingStore(store, 'CourseBlocked')] as const;
    const [one, other] = [await openNode(halting[0].store), await openNode(halting[1].store)];
    const first = answerOf(one, { ...block('k1', '01', { number: '7' }), id: 'one' });
    await halting[0].halted;
    const second = answerOf(other, { ...block('k2', '01', { number: '7', moduleId: 'm2' }), id: 'other' });
    await halting[1].halted;
    halting[0].goOn();
    expect(await first).toMatchObject({ ok: true });
    halting[1].goOn();
    expect(await second).toEqual({ ok: false, code: 'contract.number_taken' });
    expect(await overdrawn(store)).toEqual([]);
  });
});
