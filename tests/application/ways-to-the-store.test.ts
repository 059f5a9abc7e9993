import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/store/event-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

const COUNTED = new Set(['append', 'head', 'read', 'commandRecord', 'last', 'readAll', 'scan', 'at']);

/** Tells every call that would be a way to a server. */
function countingStore(store: EventStore): { readonly store: EventStore; take(): Record<string, number> } {
  let calls: Record<string, number> = {};
  const counting = new Proxy(store, {
    get(_, name) {
      const member: unknown = Reflect.get(store, name, store);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (COUNTED.has(String(name))) calls[String(name)] = (calls[String(name)] ?? 0) + 1;
        return Reflect.apply(member, store, args);
      };
    },
  });
  return {
    store: counting,
    take() {
      const taken = calls;
      calls = {};
      return taken;
    },
  };
}

describe('when every question to the store is a way to a server', () => {
  test('a command whose streams are known asks nothing it can prove by appending', async () => {
    const world = await schoolWorld({ toppedUp: ['03'], afterwards: [block('k3', '03')] });
    const counting = countingStore(await copyOf(world, { shared: true }));
    const node = await openNode(counting.store);
    let sent = 0;
    const waysOf = async (body: Body) => {
      counting.take();
      await node.executeUnknown({ ...body, id: `way-${sent++}` });
      return counting.take();
    };
    // What comes first meets streams that are not in memory yet.
    await waysOf({ command: 'topUpNominal', certificateId: '02', periodId: '2020' });
    await waysOf(block('k2', '02'));
    await waysOf(lesson('l0', '2020-09-10', 'k2', 'k3'));
    await waysOf({ command: 'topUpNominal', certificateId: '01', periodId: 'spring' });

    expect(await waysOf(lesson('l1', '2020-09-11', 'k2'))).toEqual({ append: 1 });
    // The intent, two entries and the completion.
    expect(await waysOf(lesson('l2', '2020-09-12', 'k2', 'k3'))).toEqual({ append: 4 });
    // The place in the group and the top-up; another nominal would have been announced where the place is taken.
    expect(await waysOf({ command: 'topUpNominal', certificateId: '01', periodId: '2020' })).toEqual({ append: 2 });
    // A certificate that was never met is taken for new.
    const issued = {
      command: 'issueCertificate',
      certificateId: '04',
      payerId: 'uo',
      groupId: 'fund',
      holderId: 'h04',
    };
    expect(await waysOf({ ...issued, birthDate: '2010-05-05', issuedOn: '2020-01-10' })).toEqual({ append: 1 });
    // Share, contract id, number and block; what is read of registers comes over the subscription.
    expect(await waysOf(block('k1', '01'))).toEqual({ append: 4 });
  });

  test('a refusal is confirmed: what another node has changed is known before anything is refused', async () => {
    const store = await copyOf(await schoolWorld({ afterwards: [block('k1', '01')] }), { shared: true });
    const [one, other] = [await openNode(store), await openNode(store)];
    await one.executeUnknown({ ...lesson('l1', '2020-09-10', 'k1'), id: 'warm' });
    const frozen = { from: '2020-09-11', until: '2020-09-13', reason: 'б' };
    await other.executeUnknown({ command: 'freezeCertificate', certificateId: '01', ...frozen, id: 'freeze' });
    const late = { command: 'unfreezeCertificate', certificateId: '01', on: '2020-09-12', id: 'unfreeze' };
    await expect(one.executeUnknown(late)).rejects.toMatchObject({ code: 'freeze.not_open' });
    await other.executeUnknown({
      command: 'freezeCertificate',
      certificateId: '01',
      from: '2020-09-15',
      reason: 'б',
      id: 'open',
    });
    expect(await one.executeUnknown({ ...late, id: 'again', on: '2020-09-16' })).toMatchObject({ replayed: false });
  });

  test('a command that another node has accepted is answered as it was, also where it would be refused now', async () => {
    const store = await copyOf(await schoolWorld({}), { shared: true });
    const [one, other] = [await openNode(store), await openNode(store)];
    const command = { ...block('k1', '01'), id: 'same' };
    const first = await one.executeUnknown(command);
    await one.executeUnknown({
      command: 'closeCertificate',
      certificateId: '01',
      on: '2020-09-18',
      reason: 'moved',
      id: 'end',
    });
    expect(await other.executeUnknown(command)).toEqual({ ...first, replayed: true });
    await expect(other.executeUnknown({ ...command, lessons: 3 })).rejects.toMatchObject({
      code: 'idempotency.key_reused',
    });
  });
});
