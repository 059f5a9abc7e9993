import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Position, StoredEvent } from '../../src/events/envelope.ts';
import { NO_STREAM } from '../../src/store/event-store.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { newEvent, newEvents } from '../support/store/stored-forms.ts';
import { CuttableProxy } from './support/cuttable-proxy.ts';

const address = process.env.KURRENTDB_URL;
const STREAMS = 12;
const PER_STREAM = 450;
const FOREIGN = 500;

describe.skipIf(address === undefined)('the pages of a ledger among others of a server (KURRENTDB_URL)', () => {
  const prefix = `pages-${randomUUID()}.`;
  const at = address ?? '';
  let store: KurrentDbEventStore;
  let others: KurrentDbEventStore;
  /** Events by their ids, in the order in which they were appended. */
  const appended: string[] = [];
  let streams = 0;

  beforeAll(async () => {
    store = new KurrentDbEventStore(at, { prefix });
    others = new KurrentDbEventStore(at, { prefix: `others-${randomUUID()}.` });
    for (let round = 0; round < STREAMS; round += 1) {
      await append(PER_STREAM);
      await others.append(`foreign-${round}`, NO_STREAM, newEvents(FOREIGN));
      await append(1, `command-${round}`);
    }
    await others.append('foreign-last', NO_STREAM, newEvents(FOREIGN));
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await others.close();
  });

  test.each([7, 250, 1_000, 4_000])(
    'of %i have every event once, while others append',
    async (limit) => {
      const reader = new KurrentDbEventStore(at, { prefix });
      let isReading = true;
      const appending = (async () => {
        for (let round = 0; isReading && round < 200; round += 1) {
          await append(2, randomUUID());
          await others.append(`${limit}-${round}`, NO_STREAM, newEvents(3));
        }
      })();
      const { read, known } = await everyPage(reader, limit);
      isReading = false;
      await appending;
      await reader.close();
      expect(read).toEqual(appended.slice(0, read.length));
      expect(read.length).toBeGreaterThanOrEqual(known);
    },
    60_000,
  );

  test('a page that is the last one has what was appended right before it was asked for', async () => {
    const reader = new KurrentDbEventStore(at, { prefix });
    for (let left = 1; left <= 5; left += 1) {
      // What the reader has under way between the two pages has come to the end of the log by then.
      const first = await reader.readAll({ limit: appended.length - left });
      await wait(left * 20);
      await others.append(`before-${left}`, NO_STREAM, newEvents(40));
      await append(1, `right-before-${left}`);
      const last = await reader.readAll({ after: first.last, limit: 100 });
      expect(idsOf(last.events)).toEqual(appended.slice(-left - 1));
    }
    await reader.close();
  }, 60_000);

  test('readers at the same place take nothing from each other, also when all has arrived before it is asked for', async () => {
    const slowly = () => everyPage(store, 900, () => wait(300));
    for (const { read } of await Promise.all([slowly(), slowly()])) expect(read).toEqual(appended);
  }, 60_000);

  test('a connection that is cut between pages and in their midst loses nothing and repeats nothing', async () => {
    const proxy = await CuttableProxy.to(at);
    const cut = new KurrentDbEventStore(proxy.address, { prefix });
    let pages = 0;
    const cutting = setInterval(() => proxy.cut(), 500);
    const { read } = await everyPage(cut, 90, async () => {
      pages += 1;
      if (pages % 7 === 0) proxy.cut();
      // Meanwhile more has arrived than one page takes, and places further on have been told.
      if (pages % 5 === 0) await wait(30);
    });
    clearInterval(cutting);
    await cut.close();
    await proxy.close();
    expect(read).toEqual(appended);
  }, 60_000);

  test('the last event is found wherever it is: at the end, far from it, and nowhere', async () => {
    const far = new KurrentDbEventStore(at, { prefix: `far-${randomUUID()}.` });
    const none = new KurrentDbEventStore(at, { prefix: `none-${randomUUID()}.` });
    const event = newEvent();
    await far.append('one', NO_STREAM, [event]);
    for (let round = 0; round < 5; round += 1)
      await others.append(`on-${event.id}-${round}`, NO_STREAM, newEvents(1_000));
    const again = new KurrentDbEventStore(at, { prefix });
    expect((await again.last())?.id).toBe(appended.at(-1));
    expect(await none.last()).toBeUndefined();
    expect((await far.last())?.id).toBe(event.id);
    expect((await far.last())?.id).toBe(event.id);
    await append(1);
    expect((await again.last())?.id).toBe(appended.at(-1));
    for (const reader of [far, none, again]) await reader.close();
  }, 60_000);

  async function append(count: number, commandId?: string): Promise<void> {
    streams += 1;
    const events = newEvents(count - (commandId === undefined ? 0 : 1));
    if (commandId !== undefined) events.push(newEvent({ recordOf: `${prefix}${commandId}` }));
    await store.append(`stream-${streams}`, NO_STREAM, events);
    appended.push(...events.map(({ id }) => id));
  }

  /** Up to the first page that is short, and how much was appended when it was asked for. */
  async function everyPage(reader: KurrentDbEventStore, limit: number, between?: () => Promise<void>) {
    const read: string[] = [];
    for (let after: Position | undefined; ; ) {
      const known = appended.length;
      const { events, last } = await reader.readAll({ after, limit });
      read.push(...idsOf(events));
      if (events.length < limit) return { read, known };
      after = last;
      await between?.();
    }
  }
});

function idsOf(events: readonly StoredEvent[]): string[] {
  return events.map(({ id }) => id);
}
