import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EventStore } from '../../../src/store/event-store.ts';
import { NO_STREAM } from '../../../src/store/event-store.ts';
import type { StoreBox } from './store-box.ts';
import { newEvent, newEvents, wholeLog } from './stored-forms.ts';

/** Whoever follows the log sees every event once, in order, those that come later too. */
export function subscriptionContract(box: StoreBox): void {
  test('it is seen from its beginning, and what comes meanwhile follows without gap or repeat', async () => {
    await box.store.append('before', NO_STREAM, newEvents(5));
    const follower = follow(box.store);
    await follower.has(5);
    for (let revision = -1; revision < 20; revision += 1) {
      await box.store.append('meanwhile', revision, [newEvent()]);
      if (revision % 7 === 0) await wait(1);
    }
    await follower.has(26);
    await follower.stop();
    expect(follower.seen).toEqual((await wholeLog(box.store)).map(({ position }) => position));
  });

  test('it can be followed from any position on', async () => {
    await box.store.append('s', NO_STREAM, newEvents(6));
    const positions = (await wholeLog(box.store)).map(({ position }) => position);
    const follower = follow(box.store, positions[2]);
    await follower.has(3);
    await box.store.append('s', 5, [newEvent()]);
    await follower.has(4);
    await follower.stop();
    expect(follower.seen.slice(0, 3)).toEqual(positions.slice(3));
  });

  test('two follow independently, and one that stops does not stop the other', async () => {
    const [one, other] = [follow(box.store), follow(box.store)];
    await box.store.append('s', NO_STREAM, newEvents(3));
    await Promise.all([one.has(3), other.has(3)]);
    await one.stop();
    await box.store.append('s', 2, [newEvent()]);
    await other.has(4);
    await other.stop();
    expect(one.seen).toHaveLength(3);
  });

  test('it ends when the signal is given, also in the middle of what is there', async () => {
    await box.store.append('s', NO_STREAM, newEvents(10));
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const { id } of box.store.subscribe({ signal: controller.signal })) {
      seen.push(id);
      if (seen.length === 4) controller.abort();
    }
    expect(seen).toHaveLength(4);
    for await (const { id } of box.store.subscribe({ signal: AbortSignal.abort() })) seen.push(id);
    expect(seen).toHaveLength(4);
  });

  test('it ends when the store is closed', async () => {
    const follower = follow(box.store);
    await box.store.append('s', NO_STREAM, newEvents(2));
    await follower.has(2);
    await box.store.close();
    await follower.ended;
    expect(follower.seen).toHaveLength(2);
  });
}

function follow(store: EventStore, after?: string) {
  const controller = new AbortController();
  const seen: string[] = [];
  const run = async () => {
    const options = after === undefined ? {} : { after };
    for await (const { position } of store.subscribe({ ...options, signal: controller.signal })) seen.push(position);
  };
  const ended = run();
  return {
    seen,
    ended,
    async has(count: number): Promise<void> {
      const patience = Date.now() + 5_000;
      while (seen.length < count && Date.now() < patience) await wait(2);
      expect(seen.length).toBe(count);
    },
    async stop(): Promise<void> {
      controller.abort();
      await ended;
    },
  };
}
