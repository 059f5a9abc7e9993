import { afterEach, describe, expect, test, vi } from 'vitest';
import { AbandonedCommands } from '../../src/application/abandoned-commands.ts';
import { LedgerError } from '../../src/index.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { answerOf } from '../support/nodes/answers.ts';
import { haltingStore } from '../support/nodes/halting-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

/** A store from which a stream cannot be read. */
function unreadable(store: EventStore, stream: string): EventStore {
  return new Proxy(store, {
    get(_, name) {
      if (name === 'read') {
        return async (...asked: Parameters<EventStore['read']>) => {
          if (asked[0] === stream) throw new LedgerError('store.corrupt', `stream ${stream} cannot be read`);
          return store.read(...asked);
        };
      }
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
}

afterEach(() => {
  vi.useRealTimers();
});

describe('when a command that another node has begun cannot be finished', () => {
  test('those begun after it are finished all the same', async () => {
    const contracts = [block('k1', '01'), block('k2', '02', { moduleId: 'm2' })];
    const store = await copyOf(await schoolWorld({ afterwards: contracts }), { shared: true });
    const quick = await openNode(unreadable(store, 'command-one'));
    const slow = ['one', 'two'].map((id) => ({ id, halting: haltingStore(store, 'CommandCompleted') }));
    const nodes = await Promise.all(slow.map(({ halting }) => openNode(halting.store)));
    const late = slow.map(async ({ id, halting }, index) => {
      const sent = answerOf(nodes[index] ?? expect.unreachable(), { ...lesson(id, '2020-09-10', 'k1', 'k2'), id });
      await halting.halted;
      return { sent, halting };
    });
    const stillStanding = await Promise.all(late);
    await expect(quick.finishAbandoned(0)).rejects.toMatchObject({ code: 'store.corrupt' });
    expect((await quick.status()).openIntents).toEqual([{ commandId: 'one', command: 'recordLesson' }]);
    for (const { sent, halting } of stillStanding) {
      halting.goOn();
      expect(await sent).toMatchObject({ ok: true });
    }
  });
});

describe('while it is looked for commands that nobody goes on with', () => {
  test('a fault is told once, and nobody who waits for the end is held up by it', async () => {
    vi.useFakeTimers();
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    let looked = 0;
    const abandoned = new AbandonedCommands(async () => {
      looked += 1;
      throw new RangeError('no such state');
    });
    await vi.advanceTimersByTimeAsync(30_000);
    await expect(abandoned.stop()).resolves.toBeUndefined();
    expect(looked).toBe(3);
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
  });
});
