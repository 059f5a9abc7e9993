import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/store/event-store.ts';
import { CommandRecordedError, ConflictError, NO_STREAM } from '../../../src/store/event-store.ts';
import type { StoreBox } from './store-box.ts';
import { appendDurably, asStored, newEvent, newEvents, wholeLog, withoutPosition } from './stored-forms.ts';
import { subscriptionContract } from './subscription-contract.ts';

/** A place where an adapter keeps its events. */
export interface StorePlace {
  open(): EventStore;
  /** Whether what was appended is there after closing and opening again. */
  readonly keeps: boolean;
  remove(): void;
}

/** What every adapter of the port promises. Each runs the same tests, so that the ledger can move from one to another. */
export function storeContract(name: string, place: () => StorePlace): void {
  describe(`the event store ${name}`, () => {
    const box = emptyBox(place);
    beforeEach(box.fill);
    afterEach(box.empty);
    describe('when events are appended', () => appending(box));
    describe('when somebody else was faster', () => conflicts(box));
    describe('when the same append comes again', () => repeated(box));
    describe('when the log is read', () => reading(box));
    describe('when many append at once', () => concurrency(box));
    describe('when a command is looked up', () => records(box));
    describe('when the log is followed', () => subscriptionContract(box));
    describe('when the store is closed', () => closed(box));
  });
}

function emptyBox(makePlace: () => StorePlace) {
  let place: StorePlace | undefined;
  let store: EventStore | undefined;
  return {
    fill() {
      place = makePlace();
      store = place.open();
    },
    async empty() {
      await store?.close();
      place?.remove();
    },
    get store(): EventStore {
      if (store === undefined) throw new Error('no store is open');
      return store;
    },
    async reopened(): Promise<EventStore> {
      if (place?.keeps !== true) return this.store;
      await this.store.close();
      store = place.open();
      return this.store;
    },
  };
}

const ODD_NAMES = [
  'plain',
  'Plain',
  'with/slash',
  `quote'"\`;--`,
  'per%cent',
  'под чертой',
  '👨‍👩‍👧-family',
  'e\u0301',
  '\u00e9',
  'tab\tand\nline',
  ' blank ',
  '1',
  '01',
  'x'.repeat(200),
  '€'.repeat(200),
  '__proto__',
];

function appending(box: StoreBox): void {
  test('they are read back as they went in, in order', async () => {
    const events = newEvents(3);
    await appendDurably(box.store, 's', NO_STREAM, events.slice(0, 2));
    await appendDurably(box.store, 's', 1, events.slice(2));
    const store = await box.reopened();
    expect((await store.read('s')).map(withoutPosition)).toEqual(
      events.map((event, revision) => asStored(event, 's', revision)),
    );
    expect(await store.head('s')).toMatchObject({ stream: 's', revision: 2, hash: events[2]?.hash });
  });

  test('an unknown stream has neither events nor a head', async () => {
    expect(await box.store.read('nobody')).toEqual([]);
    expect(await box.store.head('nobody')).toBeUndefined();
    expect(await box.store.last()).toBeUndefined();
    expect(await box.store.countAfter()).toBe(0);
    expect(await wholeLog(box.store)).toEqual([]);
  });

  test('they are seen at once, also by whoever lists heads, before they are durable', async () => {
    const [first, second, third] = [newEvent(), newEvent(), newEvent()];
    await box.store.append('s', NO_STREAM, [first]);
    await box.store.append('s', 0, [second]);
    await box.store.append('t', NO_STREAM, [third]);
    expect(await box.store.head('s')).toMatchObject({ revision: 1, hash: second.hash });
    expect(await headsOf(box.store)).toEqual([
      { stream: 's', revision: 1, hash: second.hash },
      { stream: 't', revision: 0, hash: third.hash },
    ]);
    expect(await box.store.countAfter()).toBe(3);
    expect((await box.store.last())?.id).toBe(third.id);
    await box.store.settled();
  });

  test('an append of nothing changes nothing', async () => {
    await box.store.append('s', NO_STREAM, []);
    expect(await box.store.head('s')).toBeUndefined();
    expect(await headsOf(box.store)).toEqual([]);
    await box.store.append('s', NO_STREAM, [newEvent()]);
    await box.store.append('s', 0, []);
    expect(await box.store.countAfter()).toBe(1);
  });

  test('a stream may have any name, and no two names are the same stream', async () => {
    for (const name of ODD_NAMES)
      await box.store.append(name, NO_STREAM, [newEvent({ data: JSON.stringify({ name }) })]);
    await box.store.flush();
    const store = await box.reopened();
    for (const name of ODD_NAMES) {
      const [event, ...others] = await store.read(name);
      expect(others).toEqual([]);
      expect(event).toMatchObject({ stream: name, revision: 0, data: JSON.stringify({ name }) });
    }
    expect((await wholeLog(store)).map(({ stream }) => stream)).toEqual(ODD_NAMES);
    expect((await headsOf(store)).map(({ stream }) => stream).sort()).toEqual([...ODD_NAMES].sort());
  });

  test('an event may have 256 KiB, and text of any alphabet', async () => {
    const long = '€'.repeat(85 * 1024);
    expect(Buffer.byteLength(long)).toBeGreaterThan(250 * 1024);
    const event = newEvent({
      data: JSON.stringify({ long, odd: 'й\u2028\ufffe😀\u0001\\"' }),
      metadata: JSON.stringify({ recordedAt: '2020-09-01T08:00:00Z', commandId: '😀 "\\' }),
    });
    await appendDurably(box.store, 's', NO_STREAM, [event]);
    const store = await box.reopened();
    expect((await store.read('s')).map(withoutPosition)).toEqual([asStored(event, 's', 0)]);
  });
}

function conflicts(box: StoreBox): void {
  test.each([
    ['a stream that is there is created', NO_STREAM],
    ['an earlier revision is expected', 0],
    ['a later revision is expected', 5],
  ])('%s: nothing is appended, and the error names stream, expected and actual', async (_, expected) => {
    await appendDurably(box.store, 'busy', NO_STREAM, newEvents(2));
    const failure = await box.store.append('busy', expected, [newEvent()]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConflictError);
    expect(failure).toMatchObject({ code: 'store.conflict', stream: 'busy' });
    expect(String(failure)).toContain(`stream busy is at revision 1, not at ${expected}`);
    expect(await box.store.countAfter()).toBe(2);
    expect(await box.store.head('busy')).toMatchObject({ revision: 1 });
  });

  test('a stream that is not there has revision -1', async () => {
    await expect(box.store.append('new', 0, [newEvent()])).rejects.toThrow('stream new is at revision -1, not at 0');
    expect(await box.store.head('new')).toBeUndefined();
  });

  test('the appends beside it are not touched', async () => {
    const answers = await Promise.allSettled([
      box.store.append('a', NO_STREAM, newEvents(2)),
      box.store.append('b', 7, newEvents(2)),
      box.store.append('c', NO_STREAM, newEvents(2)),
    ]);
    await box.store.flush();
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await wholeLog(await box.reopened())).map(({ stream }) => stream)).toEqual(['a', 'a', 'c', 'c']);
  });
}

function repeated(box: StoreBox): void {
  const first = () => [newEvent({ id: 'once' }), newEvent({ id: 'twice' })];

  test('it succeeds as it did the first time and appends nothing', async () => {
    const events = first();
    await appendDurably(box.store, 's', NO_STREAM, events);
    await appendDurably(box.store, 's', NO_STREAM, events);
    expect(await box.store.countAfter()).toBe(2);
  });

  test('also after others have appended and the store was opened again', async () => {
    const events = first();
    await appendDurably(box.store, 's', NO_STREAM, [newEvent()]);
    await appendDurably(box.store, 's', 0, events);
    await appendDurably(box.store, 's', 2, newEvents(3));
    await appendDurably(box.store, 'other', NO_STREAM, newEvents(1));
    const store = await box.reopened();
    await appendDurably(store, 's', 0, events);
    expect(await store.countAfter()).toBe(7);
  });

  test('other events under the same ids are a conflict', async () => {
    const [once, twice] = first();
    if (once === undefined || twice === undefined) throw new Error('two events were made');
    await appendDurably(box.store, 's', NO_STREAM, [once, twice]);
    const changed = newEvent({ id: twice.id, data: '{"number":0}' });
    await expect(box.store.append('s', NO_STREAM, [once, changed])).rejects.toBeInstanceOf(ConflictError);
    expect(await box.store.countAfter()).toBe(2);
  });

  test('a part of them, more than them, or another expected revision is a conflict', async () => {
    const events = first();
    await appendDurably(box.store, 's', NO_STREAM, events);
    await expect(box.store.append('s', NO_STREAM, [...events, newEvent()])).rejects.toBeInstanceOf(ConflictError);
    await expect(box.store.append('s', 0, events)).rejects.toBeInstanceOf(ConflictError);
    await expect(box.store.append('s', NO_STREAM, events.toReversed())).rejects.toBeInstanceOf(ConflictError);
    expect(await box.store.countAfter()).toBe(2);
  });
}

function reading(box: StoreBox): void {
  async function filled(): Promise<EventStore> {
    for (let revision = -1; revision < 4; revision += 1) {
      await box.store.append('a', revision, [newEvent()]);
      await box.store.append('b', revision, [newEvent()]);
    }
    await box.store.flush();
    return box.reopened();
  }

  test('a stream can be read from a revision and up to a limit', async () => {
    const store = await filled();
    const revisions = async (options: { from?: number; limit?: number }) =>
      (await store.read('a', options)).map(({ revision }) => revision);
    expect(await revisions({ from: 2 })).toEqual([2, 3, 4]);
    expect(await revisions({ from: 1, limit: 2 })).toEqual([1, 2]);
    expect(await revisions({ limit: 1 })).toEqual([0]);
    expect(await revisions({ limit: 0 })).toEqual([]);
    expect(await revisions({ from: 5 })).toEqual([]);
  });

  test('the log is in the order of the appends, over all streams', async () => {
    const places = (await wholeLog(await filled(), 3)).map(({ stream, revision }) => `${stream}${revision}`);
    expect(places).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4', 'b4']);
  });

  test('every page goes on after its position, whatever its size, and the last one is empty', async () => {
    const store = await filled();
    const whole = await wholeLog(store, 1000);
    for (const limit of [1, 2, 7, 10]) expect(await wholeLog(store, limit)).toEqual(whole);
    const last = whole.at(-1)?.position;
    expect(await store.readAll({ after: last, limit: 5 })).toEqual({ events: [], last: undefined });
    expect(await store.last()).toEqual(whole.at(-1));
  });

  test('after every position it is known how many events follow', async () => {
    const store = await filled();
    const whole = await wholeLog(store);
    expect(await store.countAfter()).toBe(whole.length);
    for (const [index, { position }] of whole.entries()) {
      expect(await store.countAfter(position)).toBe(whole.length - index - 1);
    }
  });

  test('a scan shows the same events at the same positions', async () => {
    const store = await filled();
    const page = await store.scan({ limit: 4 });
    const whole = await store.readAll({ limit: 4 });
    expect(page.last).toBe(whole.last);
    expect(page.events).toHaveLength(4);
    for (const [index, { stream, revision, type, data }] of page.events.entries()) {
      expect(whole.events[index]).toMatchObject({ stream, revision, type, data });
    }
    const rest = await store.scan({ after: page.last, limit: 100 });
    expect(rest.events).toHaveLength(6);
  });

  test('the heads are those of the streams, and the store finds nothing wrong with itself', async () => {
    const store = await filled();
    for (const head of await headsOf(store)) expect(await store.head(head.stream)).toMatchObject(head);
    expect((await headsOf(store)).map(({ stream, revision }) => [stream, revision])).toEqual([
      ['a', 4],
      ['b', 4],
    ]);
    expect(await store.integrity()).toEqual([]);
  });
}

function concurrency(box: StoreBox): void {
  test('to one stream exactly one wins each revision', async () => {
    for (let expected = -1; expected < 4; expected += 1) {
      const answers = await Promise.allSettled(
        Array.from({ length: 40 }, () => box.store.append('s', expected, [newEvent()])),
      );
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const answer of answers)
        if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(ConflictError);
    }
    await box.store.flush();
    expect((await (await box.reopened()).read('s')).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
  });

  test('to many streams all succeed, and each stream is without gaps', async () => {
    const writer = async (stream: string) => {
      for (let revision = -1; revision < 9; revision += 1) {
        await box.store.append(stream, revision, [newEvent()]);
        await box.store.settled();
      }
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => writer(`s${index}`)));
    const store = await box.reopened();
    const next = new Map<string, number>();
    for (const { stream, revision } of await wholeLog(store)) {
      expect(revision).toBe(next.get(stream) ?? 0);
      next.set(stream, revision + 1);
    }
    expect([...next.values()]).toEqual(Array.from({ length: 50 }, () => 10));
  });
}

function records(box: StoreBox): void {
  test('the event that records it is found, and only that', async () => {
    const ids = ['c1', 'C1', '1', 'под', '😀', 'x'.repeat(200)];
    for (const id of ids)
      await box.store.append(`stream of ${id}`, NO_STREAM, [newEvent({ recordOf: id }), newEvent()]);
    for (const id of ids) {
      expect(await box.store.commandRecord(id)).toMatchObject({ stream: `stream of ${id}`, revision: 0 });
    }
    await box.store.flush();
    const store = await box.reopened();
    for (const id of ids) {
      expect(await store.commandRecord(id)).toMatchObject({ stream: `stream of ${id}`, revision: 0 });
    }
    expect(await store.commandRecord('c2')).toBeUndefined();
    expect(await store.commandRecord('')).toBeUndefined();
  });

  test('no second event becomes its record, in whichever stream', async () => {
    const record = newEvent({ recordOf: 'c1' });
    await appendDurably(box.store, 's', NO_STREAM, [record]);
    for (const [stream, expected] of [
      ['s', 0],
      ['t', NO_STREAM],
    ] as const) {
      const second = box.store.append(stream, expected, [newEvent(), newEvent({ recordOf: 'c1' })]);
      await expect(second).rejects.toBeInstanceOf(CommandRecordedError);
    }
    expect(await box.store.countAfter()).toBe(1);
    await box.store.append('s', NO_STREAM, [record]);
    expect(await box.store.commandRecord('c1')).toMatchObject({ id: record.id });
  });
}

function closed(box: StoreBox): void {
  test('every call says so', async () => {
    const { store } = box;
    await appendDurably(store, 's', NO_STREAM, [newEvent()]);
    await store.close();
    const calls: Record<string, () => unknown> = {
      append: () => store.append('s', 0, [newEvent()]),
      settled: () => store.settled(),
      flush: () => store.flush(),
      betweenAppends: async () => store.betweenAppends(() => 1),
      read: () => store.read('s'),
      head: () => store.head('s'),
      heads: () => headsOf(store),
      readAll: () => store.readAll({ limit: 1 }),
      scan: () => store.scan({ limit: 1 }),
      countAfter: () => store.countAfter(),
      last: () => store.last(),
      subscribe: () =>
        store
          .subscribe({ signal: AbortSignal.timeout(1000) })
          [Symbol.asyncIterator]()
          .next(),
      commandRecord: () => store.commandRecord('c1'),
      integrity: () => store.integrity(),
    };
    for (const [name, call] of Object.entries(calls)) {
      const failure = await Promise.resolve()
        .then(call)
        .catch((error: unknown) => error);
      expect({ name, failure }).toMatchObject({ name, failure: { code: 'ledger.closed' } });
    }
    await store.close();
  });
}

async function headsOf(store: EventStore) {
  const heads: { stream: string; revision: number; hash: string }[] = [];
  for await (const { stream, revision, hash } of store.heads()) heads.push({ stream, revision, hash });
  return heads.sort((a, b) => (a.stream < b.stream ? -1 : 1));
}
