import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/store/event-store.ts';
import { CommandPendingError } from '../../src/store/event-store.ts';
import { answerOf } from '../support/nodes/answers.ts';
import { deafStore } from '../support/nodes/deaf-store.ts';
import { haltingStore } from '../support/nodes/halting-store.ts';
import { holdingStore } from '../support/nodes/holding-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';
import { wholeLog } from '../support/store/stored-forms.ts';

/** More steps than lie between a lesson's judgement and its append. */
const STEPS = 6;

/** Refused, and so it has the certificate's state compared with its stream. */
const unfreeze = { command: 'unfreezeCertificate', certificateId: '01', on: '2020-09-12' };

/** A store that finds the id of a command claimed for another stream, once. */
function claimedElsewhere(store: EventStore, commandId: string, stream: string): EventStore {
  let met = false;
  return new Proxy(store, {
    get(_, name) {
      if (name === 'append') {
        return async (...append: Parameters<EventStore['append']>) => {
          if (!met && append[2].some(({ recordOf }) => recordOf === commandId)) {
            met = true;
            throw new CommandPendingError(commandId, stream);
          }
          await store.append(...append);
        };
      }
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
}

async function charged(store: EventStore): Promise<number> {
  return (await wholeLog(store, 1000)).filter(({ type }) => type === 'LessonCharged').length;
}

describe('when a state moves on between the decision on it and the append', () => {
  test('a lesson that another node has recorded is not charged a second time', async () => {
    const world = await schoolWorld({ afterwards: [block('k1', '01'), lesson('l0', '2020-09-09', 'k1')] });
    for (let step = 0; step < STEPS; step += 1) {
      const store = await copyOf(world, { shared: true });
      const holding = holdingStore(deafStore(store), 'certificate-01');
      const [one, other] = [await openNode(holding.store), await openNode(store)];
      // Now everything is in its memory, as it is before the other node's lesson.
      await answerOf(one, { ...lesson('l0', '2020-09-09', 'k1'), id: 'warm' });
      await other.executeUnknown({ ...lesson('l1', '2020-09-10', 'k1'), id: 'other' });
      const asking = holding.holdNextRead();
      const refused = answerOf(one, { ...unfreeze, id: 'unfreeze' });
      await asking;
      const late = answerOf(one, { ...lesson('l1', '2020-09-10', 'k1'), id: 'one' });
      for (let passed = 0; passed < step; passed += 1) await Promise.resolve();
      holding.letGo();
      expect(await refused).toEqual({ ok: false, code: 'freeze.not_open' });
      expect(await late).toMatchObject({ outcome: { results: [{ contractId: 'k1', result: 'alreadyRecorded' }] } });
      expect({ step, charged: await charged(store) }).toEqual({ step, charged: 2 });
    }
  });

  test('nor while the id of its command is freed of a claim that another node has left behind', async () => {
    const store = await copyOf(await schoolWorld({ afterwards: [block('k1', '01')] }), { shared: true });
    const halting = haltingStore(claimedElsewhere(deafStore(store), 'one', 'certificate-02'), 'StreamFenced');
    const [one, other] = [await openNode(halting.store), await openNode(store)];
    const late = answerOf(one, { ...lesson('l1', '2020-09-10', 'k1'), id: 'one' });
    await halting.halted;
    await other.executeUnknown({ ...lesson('l1', '2020-09-10', 'k1'), id: 'other' });
    expect(await answerOf(one, { ...unfreeze, id: 'unfreeze' })).toEqual({ ok: false, code: 'freeze.not_open' });
    halting.goOn();
    expect(await late).toMatchObject({ outcome: { results: [{ contractId: 'k1', result: 'alreadyRecorded' }] } });
    expect(await charged(store)).toBe(1);
  });
});
