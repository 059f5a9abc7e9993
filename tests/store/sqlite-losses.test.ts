import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import type { Sent } from '../support/nodes/answers.ts';
import { answerOf, contentsOf } from '../support/nodes/answers.ts';
import { copyInto, openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';
import { newEvent } from '../support/store/stored-forms.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-losses-'));
  file = join(folder, 'ledger.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What makes the database refuse: the event at a position itself, or the commit of its transaction. */
const TRAPS = {
  insert: (position: number) =>
    `CREATE TRIGGER trap BEFORE INSERT ON event WHEN NEW.position = ${position}
     BEGIN SELECT RAISE(ABORT, 'trapped'); END`,
  commit: (position: number) =>
    `CREATE TABLE owner (id INTEGER PRIMARY KEY);
     CREATE TABLE owned (id INTEGER REFERENCES owner DEFERRABLE INITIALLY DEFERRED);
     CREATE TRIGGER trap AFTER INSERT ON event WHEN NEW.position = ${position} BEGIN INSERT INTO owned VALUES (1); END`,
} as const;

function change(sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

async function fileOf(world: MemoryEventStore): Promise<number> {
  for (const end of ['', '-wal', '-shm', '-writer']) rmSync(`${file}${end}`, { force: true });
  const store = new SqliteEventStore(file);
  await copyInto(world, store);
  await store.flush();
  const events = await store.countAfter();
  await store.close();
  return events;
}

describe.each(['insert', 'commit'] as const)('when the %s of an event is lost with everything beside it', (trap) => {
  const contracts = ['01', '02', '03'].map((certificateId) => block(`k-${certificateId}`, certificateId));
  const commands: Sent[] = [
    lesson('l1', '2020-09-10', 'k-01', 'k-02', 'k-03'),
    { command: 'registerPayer', payerId: 'other', name: 'Другой' },
    lesson('l2', '2020-09-11', 'k-01'),
    block('k-new', '02', { moduleId: 'm2' }),
  ].map((body, index) => ({ ...body, id: `sent-${index}` }));

  test('nothing of it is answered as done, and sent again it is as if nothing had been lost', async () => {
    const world = await schoolWorld({ afterwards: contracts });
    await fileOf(world);
    const calm = new SqliteEventStore(file);
    const wanted = await openNode(calm);
    for (const command of commands) expect(await answerOf(wanted, command)).toMatchObject({ ok: true });
    const contents = await contentsOf(wanted);
    const made = await calm.countAfter();
    await calm.close();

    for (let position = await fileOf(world); position < made; position += 1) {
      const before = await fileOf(world);
      change(TRAPS[trap](position + 1));
      const store = new SqliteEventStore(file);
      const ledger = await openNode(store);
      const answers = await Promise.all(commands.map((command) => answerOf(ledger, command)));
      const done = answers.filter((answer) => (answer as { ok: boolean }).ok).length;
      const lost = { ok: false, code: 'store.unavailable' };
      for (const answer of answers) if (!(answer as { ok: boolean }).ok) expect(answer).toEqual(lost);
      expect(answers).toContainEqual(lost);
      if (done === 0) expect(await store.countAfter()).toBe(before);
      change('DROP TRIGGER trap');
      for (const [index, command] of commands.entries()) {
        const { ok } = answers[index] as { ok: boolean };
        expect(await answerOf(ledger, command)).toMatchObject(ok ? { ok, replayed: true } : { ok: true });
      }
      expect(await contentsOf(ledger)).toBe(contents);
      expect((await ledger.verify()).findings).toEqual([]);
      await store.close();
      const reopened = new SqliteEventStore(file);
      expect(await contentsOf(await openNode(reopened))).toBe(contents);
      await reopened.close();
    }
  });

  test('whoever waits for no answer is told at the next flush, once', async () => {
    const events = await fileOf(await schoolWorld());
    change(TRAPS[trap](events + 2));
    const store = new SqliteEventStore(file);
    const ledger = await openNode(store);
    const register = (payerId: string) =>
      ledger.execute({ command: 'registerPayer', id: payerId, payerId, name: 'П' }, { durable: false });
    await register('p1');
    await register('p2').catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(ledger.flush()).rejects.toMatchObject({ code: 'store.unavailable' });
    change('DROP TRIGGER trap');
    expect(await register('p1')).toMatchObject({ replayed: false });
    await ledger.flush();
    await store.close();
  });
});

test('commands and events whose sorting into the indexes was lost are found, before and after the file is opened again', async () => {
  // What makes the store begin to sort.
  const count = 100_000;
  const asked = ['c0', 'c1999', 'c2000', 'c50000', `c${count - 1}`];
  const found = async (store: SqliteEventStore) => {
    for (const id of asked) expect((await store.commandRecord(id))?.id).toBe(`event of ${id}`);
    expect(await store.commandRecord('lost')).toBeUndefined();
    for (const from of [0, 1_999, 2_000, count - 2]) {
      const events = await store.read('s', { from, limit: 2 });
      expect(events.map(({ revision, id }) => [revision, id])).toEqual(
        [from, from + 1].map((revision) => [revision, `event of c${revision}`]),
      );
    }
    expect((await store.read('s')).map(({ revision }) => revision)).toEqual(
      Array.from({ length: await store.countAfter() }, (_, revision) => revision),
    );
  };
  const store = new SqliteEventStore(file);
  const records = Array.from({ length: count }, (_, index) => `c${index}`);
  await store.append(
    's',
    -1,
    records.map((recordOf) => newEvent({ recordOf, id: `event of ${recordOf}` })),
  );
  await store.flush();
  change(TRAPS.commit(count + 1));
  await store.append('s', count - 1, [newEvent({ recordOf: 'lost' })]);
  await expect(store.flush()).rejects.toMatchObject({ code: 'store.unavailable' });
  change('DROP TRIGGER trap');
  await found(store);
  await store.append('s', count - 1, [newEvent({ recordOf: 'later', id: 'event of later' })]);
  asked.push('later');
  for (let commit = 0; commit < 60; commit += 1) {
    await store.append('s', count + commit, [newEvent()]);
    await store.flush();
  }
  await found(store);
  expect(await store.integrity()).toEqual([]);
  await store.close();
  const reopened = new SqliteEventStore(file);
  await found(reopened);
  expect(await reopened.integrity()).toEqual([]);
  await reopened.close();
});

test('who appends while the store is being closed is told what came of it', async () => {
  for (let steps = 0; steps < 12; steps += 1) {
    const closed = join(folder, `closed-${steps}.db`);
    const store = new SqliteEventStore(closed);
    await store.append('before', -1, [newEvent()]);
    const closing = store.close();
    for (let step = 0; step < steps; step += 1) await undefined;
    const told = store
      .append('meanwhile', -1, [newEvent()])
      .then(() => store.settled())
      .then(
        () => 'durable',
        (error: { readonly code: string }) => error.code,
      );
    await closing;
    // What the store begins to write in its own time comes now, and must not throw where nobody catches it.
    await new Promise((resolve) => setImmediate(resolve));
    const reopened = new SqliteEventStore(closed);
    const isThere = (await reopened.head('meanwhile')) !== undefined;
    expect(await told).toBe(isThere ? 'durable' : 'ledger.closed');
    expect(await reopened.countAfter()).toBe(isThere ? 2 : 1);
    await reopened.close();
  }
});
