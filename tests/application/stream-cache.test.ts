import { beforeEach, describe, expect, test } from 'vitest';
import { payers } from '../../src/application/categories.ts';
import type { LogFeed } from '../../src/application/stream-cache.ts';
import { StreamCache } from '../../src/application/stream-cache.ts';
import type { PayerEvent } from '../../src/domain/payer/events.ts';
import type { Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { openNode } from '../support/nodes/node.ts';

const STREAM = 'payer-uo';

let store: MemoryEventStore;
let other: Ledger;

beforeEach(async () => {
  store = new MemoryEventStore({ shared: true });
  other = await openNode(store);
});

describe('a state in memory', () => {
  test('is behind its stream when an event was told while the stream was read for the first time', async () => {
    await register();
    const slow = answeredLate('read');
    const { cache, tell } = cacheOn(slow.store);
    const loading = cache.load(payers, STREAM);
    await slow.asked;
    await rename('one');
    tell(1);
    slow.answer();
    await loading;
    expect((await cache.load(payers, STREAM)).revision).toBe(1);
  });

  test('is behind when an event was told while its head was asked for after an append without an answer', async () => {
    await register();
    const slow = answeredLate('head');
    const { cache, tell } = cacheOn(slow.store);
    slow.answer();
    const loaded = await cache.load(payers, STREAM);
    slow.again();
    await expect(cache.append(payers, loaded, [renamed('lost')], stamped)).rejects.toThrow('no answer');
    const loading = cache.load(payers, STREAM);
    await slow.asked;
    await rename('one');
    tell(1);
    slow.answer();
    await loading;
    expect((await cache.load(payers, STREAM)).revision).toBe(1);
  });

  test('is behind when another node has appended before the answer to the append that began the stream', async () => {
    const slow = answeredLate('append');
    const { cache, tell } = cacheOn(slow.store);
    const begun = cache.append(payers, cache.assumed(payers, STREAM), [registered], stamped);
    await slow.asked;
    await rename('one');
    tell(0);
    tell(1);
    slow.answer();
    await begun;
    expect((await cache.load(payers, STREAM)).revision).toBe(1);
  });

  test('is behind when an append was left without an answer while the stream was read for the first time', async () => {
    await register();
    const slow = answeredLate('read');
    const { cache } = cacheOn(slow.store);
    const loading = cache.load(payers, STREAM);
    await slow.asked;
    await expect(cache.append(payers, cache.assumed(payers, STREAM), [registered], stamped)).rejects.toThrow();
    await rename('one');
    slow.answer();
    await loading;
    expect((await cache.load(payers, STREAM)).revision).toBe(1);
  });

  test('is never replaced by an older one for good, by whoever has read the stream longest', async () => {
    await register();
    const slow = answeredLate('read');
    const { cache } = cacheOn(slow.store);
    const loading = cache.load(payers, STREAM);
    await slow.asked;
    await rename('one');
    expect((await cache.load(payers, STREAM)).revision).toBe(1);
    slow.answer();
    await loading;
    expect((await cache.load(payers, STREAM)).revision).toBe(1);
  });
});

const registered: PayerEvent = {
  type: 'PayerRegistered',
  effectiveOn: '2020-09-01',
  payerId: 'uo',
  name: 'УО',
  zone: 'Europe/Moscow',
  chargedStatuses: ['attended', 'absent'],
};

function renamed(name: string) {
  return { type: 'PayerDetailsChanged', effectiveOn: '2020-09-02', name } as const;
}

function stamped() {
  return { recordedAt: '2020-09-20T09:00:00Z', commandId: 'of this test' } as const;
}

function register(): Promise<unknown> {
  return other.execute({ command: 'registerPayer', id: 'register', payerId: 'uo', name: 'УО' });
}

function rename(name: string): Promise<unknown> {
  return other.execute({ command: 'changePayerDetails', id: name, payerId: 'uo', on: '2020-09-02', name });
}

/** A cache that is told of events when the test says so. */
function cacheOn(on: EventStore) {
  const listeners: Parameters<LogFeed['onEvent']>[0][] = [];
  const cache = new StreamCache(on, { isLive: true, onEvent: (listener) => listeners.push(listener) });
  const tell = (revision: number) => {
    for (const listener of listeners) listener({ stream: STREAM, revision, type: 'PayerDetailsChanged' });
  };
  return { cache, tell };
}

/** A store whose first call of that name does what it does at once and is answered when told; an append of 'lost' fails. */
function answeredLate(method: 'read' | 'head' | 'append') {
  let left = 1;
  let asked = Promise.withResolvers<void>();
  let answered = Promise.withResolvers<void>();
  const late = new Proxy(store, {
    get(_, name) {
      const member: unknown = Reflect.get(store, name, store);
      if (typeof member !== 'function') return member;
      return async (...given: readonly unknown[]) => {
        if (name === 'append' && JSON.stringify(given).includes('lost')) {
          throw new LedgerError('store.unavailable', 'there was no answer');
        }
        const answer: unknown = await Reflect.apply(member, store, given);
        if (name === method && left > 0) {
          left -= 1;
          asked.resolve();
          await answered.promise;
        }
        return answer;
      };
    },
  });
  return {
    store: late as EventStore,
    get asked() {
      return asked.promise;
    },
    answer: () => answered.resolve(),
    again: () => {
      left = 1;
      asked = Promise.withResolvers();
      answered = Promise.withResolvers();
    },
  };
}
