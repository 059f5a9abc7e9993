import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BillingQuestions } from '../../projections/billing-questions.ts';
import { Following } from '../../projections/following.ts';
import { OverlaidReadModels } from '../../projections/overlaid-read-models.ts';
import { ReadModels } from '../../projections/read-models.ts';
import { CommandHandler } from '../../src/application/command-handler.ts';
import { chainHash } from '../../src/events/chain.ts';
import type { StoredEvent } from '../../src/events/envelope.ts';
import { fixedClock } from '../../src/kernel/clock.ts';
import { Ledger } from '../../src/ledger.ts';
import type { EventStore, FollowedLog } from '../../src/store/event-store.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';

const clock = fixedClock('2026-03-02T09:00:00Z');
const opened: (() => Promise<void>)[] = [];
let store: MemoryEventStore;
let directory: string;

beforeEach(() => {
  store = new MemoryEventStore({ shared: true });
  directory = mkdtempSync(join(tmpdir(), 'ledger-following-'));
});

afterEach(async () => {
  vi.useRealTimers();
  for (const close of opened.splice(0)) await close();
  rmSync(directory, { recursive: true });
});

describe('the read models of a node whose store others append to', () => {
  test('show after each command what it has done, and ask the store for nothing', async () => {
    const asked: string[] = [];
    const { ledger } = await node({ on: watched(store, asked) });
    asked.length = 0;
    for (let number = 1; number <= 30; number += 1) {
      await registerPayer(ledger, `p${number}`);
      asked.length = 0;
      const page = await ledger.registryPage('payers', { limit: 100 });
      expect(page.items).toHaveLength(number);
      expect(asked.filter((call) => call !== 'settled')).toEqual([]);
    }
  });

  test('follow what another node appends, and tell each event as it arrives', async () => {
    const { ledger: one } = await node();
    const { models, ledger: other } = await node();
    const told: string[] = [];
    models.onEvent(({ stream, revision }) => told.push(`${stream}@${revision}`));
    await registerPayer(one, 'p1');
    await one.execute({ command: 'changePayerDetails', id: 'c2', payerId: 'p1', on: '2026-03-02', name: 'Другое' });
    await vi.waitFor(() => expect(told).toEqual(['payer-p1@0', 'payer-p1@1']));
    expect(models.isLive).toBe(true);
    expect((await other.registryPage('payers')).items).toMatchObject([{ payerId: 'p1', name: 'Другое' }]);
    expect(await other.eventsBehind()).toBe(0);
  });

  test('are live once what was there before they began is folded, and no sooner', async () => {
    const { ledger: one } = await node();
    await registerPayer(one, 'p1');
    const halted = new Halt(store);
    halted.halt();
    const models = new ReadModels(halted.store, ':memory:');
    const folded: string[] = [];
    models.onEvent(({ stream }) => folded.push(stream));
    const caughtUp = models.catchUp();
    await new Promise((resolve) => setImmediate(resolve));
    expect({ folded, isLive: models.isLive }).toEqual({ folded: [], isLive: false });
    halted.goOn();
    await caughtUp;
    await vi.waitFor(() => expect({ folded, isLive: models.isLive }).toEqual({ folded: ['payer-p1'], isLive: true }));
    models.close();
  });

  test('are built from nothing while another node serves', async () => {
    const { ledger: one } = await node();
    for (let number = 1; number <= 20; number += 1) await registerPayer(one, `p${number}`);
    const { ledger: fresh } = await node({ file: join(directory, 'fresh.db') });
    expect((await fresh.registryPage('payers', { limit: 100 })).items).toHaveLength(20);
    expect(await fresh.status()).toMatchObject({ events: 20, streams: 20, readModels: { eventsBehind: 0 } });
  });

  test('go on from their file, and count what they were behind', async () => {
    const { ledger: one } = await node();
    const file = join(directory, 'kept.db');
    const first = await node({ file });
    await registerPayer(one, 'p1');
    await first.ledger.registryPage('payers');
    await first.ledger.catchUp();
    first.models.close();
    await registerPayer(one, 'p2');
    const again = new ReadModels(store, file);
    expect(again.written).toBe('1');
    await again.catchUp({ wholeLog: true });
    expect(again.counted()).toEqual({ events: 2, streams: 2 });
    again.close();
  });

  test('can be built anew while another node appends', async () => {
    const { ledger: one } = await node();
    const { ledger: other } = await node();
    await registerPayer(one, 'p1');
    let rebuilt = false;
    const building = other.rebuild().finally(() => {
      rebuilt = true;
    });
    for (let number = 2; !rebuilt; number += 1) await registerPayer(one, `p${number}`);
    expect((await building).every(({ unchanged }) => unchanged)).toBe(true);
    const all = (await one.registryPage('payers', { limit: 1000 })).items.length;
    await other.reach(one.knownPosition ?? expect.unreachable());
    expect((await other.registryPage('payers', { limit: 1000 })).items).toHaveLength(all);
    expect(await other.verify()).toMatchObject({ ok: true, findings: [] });
  });

  test('laid over their file by a process that only reads, they are whole as well', async () => {
    const file = join(directory, 'kept.db');
    const { ledger: one } = await node({ file });
    await registerPayer(one, 'p1');
    await one.registryPage('payers');
    const { ledger: other } = await node();
    await registerPayer(other, 'p2');
    await other.execute({ command: 'changePayerDetails', id: 'c', payerId: 'p1', on: '2026-03-02', name: 'Другое' });
    const overlaid = new OverlaidReadModels(store, file);
    await overlaid.catchUp();
    expect(overlaid.counted()).toEqual({ events: 3, streams: 2 });
    expect(overlaid.database.prepare('SELECT name FROM payer ORDER BY "payerId"').all()).toMatchObject([
      { name: 'Другое' },
      { name: 'Плательщик p2' },
    ]);
    overlaid.close();
  });
});

describe('when nothing comes any more', () => {
  test('a question is refused after five seconds, and answered once it has come', async () => {
    const halted = new Halt(store);
    const { ledger, models } = await node({ on: halted.store });
    halted.halt();
    await registerPayer(ledger, 'p1');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = ledger.registryPage('payers');
    const refused = expect(asked).rejects.toMatchObject({ code: 'readmodels.behind' });
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    expect(await ledger.eventsBehind()).toBe(1);
    vi.useRealTimers();
    halted.goOn();
    expect((await ledger.registryPage('payers')).items).toHaveLength(1);
    expect(models.isLive).toBe(true);
  });
});

describe('when what is followed is to stop and cannot be written', () => {
  const event = { position: '1', stream: 's', revision: 0, id: 'e', type: 'T', metadata: '{}', data: '{}', hash: 'h' };

  /** Follows a log of one event, and does what is given as soon as that is folded; its rows cannot be written. */
  async function followed(whenFolded: (following: Following) => void) {
    const counted = { folded: 0, forgotten: 0 };
    const log: Pick<FollowedLog, 'isAfter' | 'follow'> = {
      isAfter: (one, other) => Number(one) > Number(other),
      async *follow() {
        yield [event];
      },
    };
    const following: Following = new Following(log as FollowedLog, {
      begin: async () => undefined,
      fold: (events) => {
        counted.folded += events.length;
        whenFolded(following);
        return false;
      },
      write: () => {
        throw new Error('the disk is full');
      },
      forget: () => {
        counted.folded = 0;
        counted.forgotten += 1;
      },
    });
    await following.begin();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return counted;
  }

  test('it is forgotten, since it will be folded once more', async () => {
    expect(await followed((following) => void following.stop())).toEqual({ folded: 0, forgotten: 1 });
  });

  test('a ledger that is closed has nothing to forget it in', async () => {
    expect(await followed((following) => following.abandon())).toEqual({ folded: 1, forgotten: 0 });
  });
});

describe('what arrives and cannot be in a ledger', () => {
  const wrong: Record<string, (event: StoredEvent, first: StoredEvent) => StoredEvent> = {
    'an event after a gap in its stream': (event) => ({ ...event, revision: event.revision + 1 }),
    'a stream that does not begin at revision 0': (event) => ({ ...event, stream: 'payer-other' }),
    'an event whose hash is not that of what it says': (event) => ({
      ...event,
      data: event.data.replace('Другое', 'Чужое'),
    }),
    'an event of a type nobody knows': (event, first) => ofType(event, 'Foreign', first.hash),
  };
  for (const [name, change] of Object.entries(wrong)) {
    test(`${name} is an integrity error, at every question, and is not folded`, async () => {
      const { ledger: one } = await node();
      await registerPayer(one, 'p1');
      await one.execute({ command: 'changePayerDetails', id: 'c', payerId: 'p1', on: '2026-03-02', name: 'Другое' });
      const [first = expect.unreachable()] = await store.read('payer-p1');
      const models = new ReadModels(
        changed(store, 1, (event) => change(event, first)),
        ':memory:',
      );
      await expect(models.catchUp({ wholeLog: true })).rejects.toMatchObject({ code: 'store.corrupt' });
      await expect(models.catchUp()).rejects.toMatchObject({ code: 'store.corrupt' });
      expect(models.database.prepare('SELECT name FROM payer').all()).toEqual([]);
      models.close();
    });
  }
});

async function node({ on = store, file = ':memory:' }: { readonly on?: EventStore; readonly file?: string } = {}) {
  const models = new ReadModels(on, file);
  const questions = new BillingQuestions(models);
  const handler = await CommandHandler.open(on, clock, questions);
  opened.push(async () => {
    try {
      models.close();
    } catch {
      // A test has closed it already.
    }
  });
  return { models, ledger: new Ledger({ store: on, models, questions, handler, clock, files: [] }) };
}

async function registerPayer(ledger: Ledger, payerId: string): Promise<void> {
  await ledger.execute({ command: 'registerPayer', id: `register-${payerId}`, payerId, name: `Плательщик ${payerId}` });
}

/** Notes the calls of the store. */
function watched(watchedStore: EventStore, calls: string[]): EventStore {
  return new Proxy(watchedStore, {
    get(_, name) {
      const member: unknown = Reflect.get(watchedStore, name, watchedStore);
      if (typeof member !== 'function') return member;
      calls.push(String(name));
      return member.bind(watchedStore);
    },
  });
}

/** The same store, followed in another way. */
function followedBy(log: EventStore, follow: FollowedLog['follow']): EventStore {
  const { followed = expect.unreachable() } = log;
  const other: FollowedLog = {
    follow,
    isAfter: followed.isAfter,
    get known() {
      return followed.known;
    },
  };
  return new Proxy(log, {
    get(_, name) {
      if (name === 'followed') return other;
      const member: unknown = Reflect.get(log, name, log);
      return typeof member === 'function' ? member.bind(log) : member;
    },
  });
}

function changed(log: EventStore, revision: number, change: (event: StoredEvent) => StoredEvent): EventStore {
  return followedBy(log, async function* (options) {
    for await (const events of log.followed?.follow(options) ?? []) {
      yield events.map((event) => (event.revision === revision ? change(event) : event));
    }
  });
}

/** Holds back what is followed. */
class Halt {
  readonly store: EventStore;
  #wait: PromiseWithResolvers<void> | undefined;

  constructor(log: EventStore) {
    const halted = async () => this.#wait?.promise;
    this.store = followedBy(log, async function* (options) {
      for await (const events of log.followed?.follow(options) ?? []) {
        await halted();
        yield events;
      }
    });
  }

  halt(): void {
    this.#wait = Promise.withResolvers<void>();
  }

  goOn(): void {
    this.#wait?.resolve();
  }
}

/** The event with another type, its hash right for the second of its stream. */
function ofType(event: StoredEvent, type: string, previous: string): StoredEvent {
  return { ...event, type, hash: chainHash(previous, event.stream, event.revision, { ...event, type }) };
}
