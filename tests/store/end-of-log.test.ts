import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQLInputValue } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verify } from '../../src/application/verify.ts';
import { chainHash } from '../../src/events/chain.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { appendDurably, newEvent, wholeLog } from '../support/store/stored-forms.ts';

let folder = '';
let left = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-end-'));
  left = join(folder, 'left.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The file as a process leaves it that is killed: with no head written and nothing sorted in. */
async function leftByAKilledWriter(fill: (store: SqliteEventStore) => Promise<void>): Promise<void> {
  const file = join(folder, 'ledger.db');
  const store = new SqliteEventStore(file);
  await fill(store);
  for (const end of ['', '-wal']) if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, `${left}${end}`);
  await store.close();
}

/** Streams `a`, `b`, `c` in turn, four events each; `b` has the last one of the log. */
async function threeStreams(store: SqliteEventStore): Promise<void> {
  const hashes = new Map<string, string>();
  for (let event = 0; event < 11; event += 1) {
    const stream = ['a', 'b', 'c'][event % 3] ?? '';
    const revision = Math.floor(event / 3);
    const bare = newEvent({ id: `event-${event + 1}` });
    const hash = chainHash(hashes.get(stream) ?? '', stream, revision, bare);
    hashes.set(stream, hash);
    await appendDurably(store, stream, revision - 1, [{ ...bare, hash }]);
  }
}

function change(...statements: readonly (readonly [sql: string, ...values: SQLInputValue[]])[]): void {
  const database = new DatabaseSync(left);
  for (const [sql, ...values] of statements)
    expect(Number(database.prepare(sql).run(...values).changes)).toBeGreaterThan(0);
  database.close();
}

async function findings(): Promise<string> {
  const store = new SqliteEventStore(left, { readOnly: true });
  const found = (await verify(store)).findings.filter((finding) => !finding.includes('SomethingHappened'));
  await store.close();
  return found.join('\n');
}

describe('when a process was killed before it wrote any head', () => {
  beforeEach(() => leftByAKilledWriter(threeStreams));

  test('its log is sound, every head is found, and the next writer goes on', async () => {
    const unwritten = new DatabaseSync(left);
    expect(unwritten.prepare('SELECT count(*) AS streams FROM stream WHERE revision >= 0').get()).toEqual({
      streams: 0,
    });
    unwritten.close();
    expect(await findings()).toBe('');
    const store = new SqliteEventStore(left);
    expect((await store.head('b'))?.revision).toBe(3);
    expect((await store.head('c'))?.revision).toBe(2);
    await expect(store.append('b', 2, [newEvent()])).rejects.toMatchObject({ code: 'store.conflict' });
    const before = await wholeLog(store, 100);
    await appendDurably(store, 'c', 2, [newEvent({ id: 'later' })]);
    expect((await wholeLog(store, 100)).map(({ id }) => id)).toEqual([...before.map(({ id }) => id), 'later']);
    await store.close();
    const closed = new DatabaseSync(left);
    expect(closed.prepare('SELECT name, revision FROM stream ORDER BY name').all()).toEqual([
      { name: 'a', revision: 3 },
      { name: 'b', revision: 3 },
      { name: 'c', revision: 3 },
    ]);
    closed.close();
  });

  test("the log's last event is missed", async () => {
    change(['DELETE FROM event WHERE position = 11']);
    expect(await findings()).toContain('position 11 is missing');
  });

  test('the last three are missed', async () => {
    change(['DELETE FROM event WHERE position > 8']);
    expect(await findings()).toContain('position 9 is missing');
  });

  test('its end is missed also after others were written in its place', async () => {
    change(['DELETE FROM event WHERE position > 9']);
    const store = new SqliteEventStore(left);
    const [last] = await store.read('c', { from: 2 });
    const event = newEvent();
    await appendDurably(store, 'c', 2, [{ ...event, hash: chainHash(last?.hash ?? '', 'c', 3, event) }]);
    await store.close();
    expect(await findings()).toBe(
      'position 10: the running check of the log differs, this event or what comes before it was exchanged',
    );
  });

  test('streams whose only events were in an end that is gone are told', async () => {
    change(['DELETE FROM event WHERE position > 1']);
    expect((await findings()).split('\n')).toEqual([
      "position 2 is missing: the event before it is not the log's last, so its end is gone",
      'stream b has lost its head, or all of its events',
      'stream c has lost its head, or all of its events',
    ]);
  });

  test('nobody can except events from the running check afterwards', async () => {
    change(["INSERT INTO setting VALUES ('log_checked_from', 11)"]);
    expect(await findings()).toContain('position 11: the running check of the log differs');
  });

  test('all events of the log are missed', async () => {
    change(['DELETE FROM event']);
    expect(await findings()).toContain('position 1 is missing');
  });

  test('the last event of a stream is missed, also where those after it were moved up', async () => {
    change(['DELETE FROM event WHERE position = 9']);
    expect(await findings()).toContain('position 9 is missing');
    change(
      ['UPDATE event SET position = position - 1 WHERE position = 10'],
      ['UPDATE event SET position = position - 1 WHERE position = 11'],
    );
    expect(await findings()).toContain('position 9: the running check of the log differs');
  });

  test('the last event of a stream is told from another with a hash of its own', async () => {
    const reader = new SqliteEventStore(left, { readOnly: true });
    const [event] = await reader.read('c', { from: 2 });
    const [before] = await reader.read('c', { from: 1, limit: 1 });
    await reader.close();
    if (event === undefined || before === undefined) throw new Error('stream c has three events');
    const forged = { ...event, data: '{"what":"else"}' };
    const hash = chainHash(before.hash, 'c', 2, forged);
    change(['UPDATE event SET data = ?, hash = ? WHERE position = 9', forged.data, hash]);
    expect(await findings()).toBe(
      'position 9: the running check of the log differs, this event or what comes before it was exchanged',
    );
  });

  test.each([
    ['is taken off', ['UPDATE event SET is_last = 0 WHERE position = 11'], 'position 12 is missing'],
    [
      'stands on another event as well',
      ['UPDATE event SET is_last = 1 WHERE position = 4'],
      "position 4 is marked as the log's last",
    ],
  ] as const)('a mark of the end that %s is found', async (_, sql, finding) => {
    change(sql);
    expect(await findings()).toContain(finding);
  });
});

test('heads that were written in many at a time are those of the log, whenever the writer is killed', async () => {
  const STREAMS = 300;
  const EVENTS = 100_000;
  const revisions = new Map<string, number>();
  const append = async (store: SqliteEventStore, stream: string, count: number) => {
    const expected = revisions.get(stream) ?? -1;
    await store.append(
      stream,
      expected,
      Array.from({ length: count }, (_, index) => newEvent({ hash: `${stream} ${expected + 1 + index}` })),
    );
    revisions.set(stream, expected + count);
  };
  const isRight = async (store: SqliteEventStore) => {
    const heads = new Map<string, number>();
    for await (const { stream, revision, hash } of store.heads()) {
      expect(hash).toBe(`${stream} ${revision}`);
      heads.set(stream, revision);
    }
    expect(heads).toEqual(revisions);
  };
  await leftByAKilledWriter(async (store) => {
    for (let stream = 0; stream < STREAMS; stream += 1) await append(store, `s${stream}`, Math.ceil(EVENTS / STREAMS));
    await store.flush();
    // Heads are written with this commit; those of two streams are behind again with the next.
    await append(store, 's7', 1);
    await store.flush();
    await append(store, 's8', 2);
    await append(store, 'new', 1);
    await store.flush();
    await isRight(store);
  });
  const database = new DatabaseSync(left);
  const behind = database
    .prepare("SELECT count(*) AS streams FROM stream WHERE name IN ('s8', 'new') AND revision < 335")
    .get();
  expect(behind).toEqual({ streams: 2 });
  expect(database.prepare('SELECT count(*) AS streams FROM stream WHERE revision >= 333').get()).toEqual({
    streams: STREAMS,
  });
  database.close();
  const reader = new SqliteEventStore(left, { readOnly: true });
  await isRight(reader);
  const store = new SqliteEventStore(left);
  await isRight(store);
  await append(store, 's8', 1);
  await store.flush();
  await isRight(store);
  await isRight(reader);
  await reader.close();
  await store.close();
});
