import { describe, expect, test, vi } from 'vitest';
import type { EventStore } from '../../src/store/event-store.ts';
import { answerOf } from '../support/nodes/answers.ts';
import { deafStore } from '../support/nodes/deaf-store.ts';
import { haltingStore } from '../support/nodes/halting-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import { schoolWorld } from '../support/nodes/school-world.ts';
import { wholeLog } from '../support/store/stored-forms.ts';

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

const issued = {
  command: 'issueCertificate',
  certificateId: '04',
  payerId: 'uo',
  groupId: 'fund',
  holderId: 'h04',
  birthDate: '2010-05-05',
  issuedOn: '2020-01-10',
};

/** A store that is asked for the head of such a stream only when the gate is open. */
function askingLate(
  store: EventStore,
  stream: string,
  { asked, gate }: { readonly asked: PromiseWithResolvers<void>; readonly gate: PromiseWithResolvers<void> },
): EventStore {
  return new Proxy(store, {
    get(_, name) {
      if (name === 'head') {
        return async (of: string) => {
          if (of.startsWith(stream)) {
            asked.resolve();
            await gate.promise;
          }
          return store.head(of);
        };
      }
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
}

async function announcements(store: EventStore): Promise<number> {
  return (await wholeLog(store, 1000)).filter(({ type }) => type === 'NominalAnnounced').length;
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

  test('an announcement that arrives late takes nothing back of a later one', async () => {
    const store = await copyOf(await schoolWorld({ toppedUp: [] }), { shared: true });
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const late = askingLate(haltingStore(store, 'GroupNominalSet').store, 'groupPlaces', { asked, gate });
    const [slow, other] = [await openNode(late), await openNode(store)];
    const deaf = await openNode(deafStore(store));
    // Decided at the revision the payer has now, and announced after the others.
    void answerOf(slow, { ...setNominal('1100.00'), id: 'late' });
    await asked.promise;
    await other.executeUnknown({ ...setNominal('1200.00'), id: 'one' });
    // Now the payer is in the memory of the deaf one, and the account is not.
    expect(await answerOf(deaf, { ...issued, id: 'issue' })).toMatchObject({ ok: true });
    await other.executeUnknown({ ...setNominal('1300.00'), id: 'two' });
    gate.resolve();
    await vi.waitFor(async () => expect(await announcements(store)).toBe(3));
    expect(await answerOf(deaf, { ...topUp('01'), id: 'up' })).toMatchObject({ outcome: { nominal: '1300.00' } });
  });

  test('one that is sent again announces nothing', async () => {
    const store = await copyOf(await schoolWorld(), { shared: true });
    const [one, other] = [await openNode(store), await openNode(store)];
    await one.executeUnknown({ ...setNominal('1200.00'), id: 'set' });
    const before = (await store.last())?.position;
    for (const node of [one, other]) {
      expect(await answerOf(node, { ...setNominal('1200.00'), id: 'set' })).toMatchObject({ replayed: true });
    }
    expect((await store.last())?.position).toBe(before);
  });
});
