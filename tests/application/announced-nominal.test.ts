import { describe, expect, test } from 'vitest';
import { answerOf } from '../support/nodes/answers.ts';
import { deafStore } from '../support/nodes/deaf-store.ts';
import { haltingStore } from '../support/nodes/halting-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import { schoolWorld } from '../support/nodes/school-world.ts';

const setNominal = (nominal: string) => ({
  command: 'setGroupNominal',
  payerId: 'uo',
  groupId: 'fund',
  periodId: '2020',
  nominal,
});

function topUp(certificateId: string) {
  return { command: 'topUpNominal', certificateId, periodId: '2020' };
}

describe('when a node has not heard that another has set the nominal of a group', () => {
  test('it tops up with the new one, once the other was answered', async () => {
    const store = await copyOf(await schoolWorld({ toppedUp: [] }), { shared: true });
    const [deaf, other] = [await openNode(deafStore(store)), await openNode(store)];
    // Now everything is in the memory of the deaf one, as it is before the change.
    expect(await answerOf(deaf, { ...topUp('01'), id: 'before' })).toMatchObject({ outcome: { nominal: '1000.00' } });
    for (const nominal of ['1200.00', '1300.00']) {
      await other.executeUnknown({ ...setNominal(nominal), id: `set-${nominal}` });
      const certificateId = nominal === '1200.00' ? '02' : '03';
      const answer = await answerOf(deaf, { ...topUp(certificateId), id: `up-${nominal}` });
      expect(answer).toMatchObject({ outcome: { nominal } });
    }
    expect((await other.verify()).findings).toEqual([]);
  });

  test('while the other is still at it, it tops up with the old one, and with the new one afterwards', async () => {
    const store = await copyOf(await schoolWorld({ toppedUp: [] }), { shared: true });
    const halting = haltingStore(store, 'GroupNominalSet');
    const [slow, quick] = [await openNode(halting.store), await openNode(deafStore(store))];
    const setting = answerOf(slow, { ...setNominal('1200.00'), id: 'set' });
    await halting.halted;
    expect(await answerOf(quick, { ...topUp('01'), id: 'one' })).toMatchObject({ outcome: { nominal: '1000.00' } });
    halting.goOn();
    expect(await setting).toMatchObject({ ok: true });
    expect(await answerOf(quick, { ...topUp('02'), id: 'two' })).toMatchObject({ outcome: { nominal: '1200.00' } });
    expect((await slow.verify()).findings).toEqual([]);
  });

  test('a nominal that was refused is announced to nobody', async () => {
    const store = await copyOf(await schoolWorld(), { shared: true });
    const node = await openNode(store);
    const before = (await store.last())?.position;
    const refused = await answerOf(node, { ...setNominal('1200.00'), periodId: 'autumn', id: 'set' });
    expect(refused).toEqual({ ok: false, code: 'period.not_found' });
    expect((await store.last())?.position).toBe(before);
  });
});
