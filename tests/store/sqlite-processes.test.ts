import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verify } from '../../src/application/verify.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { appendDurably, newEvent, newEvents } from '../support/store/stored-forms.ts';

const program = (name: string) => new URL(`../support/store/${name}`, import.meta.url).pathname;
let folder = '';
let file = '';
let writer: ReturnType<typeof startWriter> | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-processes-'));
  file = join(folder, 'ledger.db');
});
afterEach(async () => {
  await writer?.kill();
  writer = undefined;
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true });
});

/** Another process that appends to the file, and tells each revision it has made durable. */
function startWriter() {
  const child = spawn(process.execPath, [program('writer-process.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    async hasWritten(revision: number): Promise<void> {
      while (Number((await lines.next()).value) < revision);
    },
    async kill(): Promise<void> {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The log as it is now; the writer is faster than any number of pages. */
async function logOf(reader: SqliteEventStore) {
  return (await reader.readAll({ limit: 1_000_000 })).events;
}

describe('when another process is writing the file', () => {
  test('a second writer is refused, readers see what is committed, and a killed writer leaves nothing locked', async () => {
    writer = startWriter();
    await writer.hasWritten(5);
    expect(() => new SqliteEventStore(file)).toThrow(expect.objectContaining({ code: 'store.locked' }));
    const reader = new SqliteEventStore(file, { readOnly: true });
    const before = await logOf(reader);
    expect(before.length).toBeGreaterThan(5);
    expect(await reader.head('busy')).toMatchObject({ revision: expect.any(Number) });
    await writer.hasWritten(before.length + 10);
    const after = await logOf(reader);
    expect(after.length).toBeGreaterThan(before.length);
    expect(after.map(({ revision }) => revision)).toEqual(after.map((_, index) => index));
    expect((await reader.head('busy'))?.revision).toBeGreaterThanOrEqual(after.length - 1);
    // The stream, found by its index, has what the log has, though the writer sorts that index later.
    expect(await reader.read('busy', { from: after.length - 1, limit: 1 })).toEqual(after.slice(-1));
    expect((await reader.read('busy')).slice(0, after.length)).toEqual(after);
    expect(await reader.commandRecord(`command-${after.length - 1}`)).toMatchObject({ revision: after.length - 1 });
    await writer.kill();
    const answered = await reader.countAfter();
    await reader.close();
    const store = new SqliteEventStore(file);
    // The very last one may have reached the log without anybody being told of it.
    const { revision = -1 } = (await store.head('busy')) ?? {};
    expect([answered - 1, answered]).toContain(revision);
    await appendDurably(store, 'busy', revision, [newEvent()]);
    expect(await store.read('busy')).toEqual(await logOf(store));
    expect(await store.integrity()).toEqual([]);
    await store.close();
  });

  test('a reader refuses to append', async () => {
    await new SqliteEventStore(file).close();
    const reader = new SqliteEventStore(file, { readOnly: true });
    await expect(reader.append('s', -1, newEvents(1))).rejects.toMatchObject({ code: 'store.unreadable' });
    await reader.close();
  });

  test('a reader follows the log as it grows', async () => {
    const store = new SqliteEventStore(file);
    const reader = new SqliteEventStore(file, { readOnly: true });
    const controller = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const { revision } of reader.subscribe({ signal: controller.signal })) {
        seen.push(revision);
        if (seen.length === 30) controller.abort();
      }
    })();
    for (let revision = -1; revision < 29; revision += 1) await appendDurably(store, 's', revision, [newEvent()]);
    await following;
    expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => index));
    await reader.close();
    await store.close();
  });
});

describe('when the file or its folder may not be written', () => {
  const open = (...args: string[]) =>
    JSON.parse(spawnSync(process.execPath, [program('nobody-process.ts'), file, ...args], { encoding: 'utf8' }).stdout);

  beforeEach(async () => {
    const store = new SqliteEventStore(file);
    await appendDurably(store, 's', -1, newEvents(3));
    await store.close();
    rmSync(`${file}-writer`, { force: true });
  });

  test('a writer is told so', () => {
    chmodSync(file, 0o444);
    chmodSync(folder, 0o555);
    expect(open()).toEqual({
      code: 'store.unreadable',
      message: `${file} cannot be opened: its folder may not be written`,
    });
    chmodSync(folder, 0o777);
    expect(open()).toEqual({ code: 'store.unreadable', message: `${file} cannot be written: it is read-only` });
  });

  test('a file that may not even be read says that', () => {
    chmodSync(file, 0o000);
    chmodSync(folder, 0o777);
    for (const mode of ['write', 'read']) {
      expect(open(mode)).toEqual({ code: 'store.unreadable', message: `${file} cannot be opened: it may not be read` });
    }
  });

  test('whoever may write is not disturbed', () => {
    chmodSync(file, 0o666);
    chmodSync(folder, 0o777);
    expect(open()).toEqual({ events: 3 });
  });
});

test('a file that could not be opened leaves no lock behind', async () => {
  const store = new SqliteEventStore(file);
  await appendDurably(store, 's', -1, newEvents(1));
  expect((await verify(store)).events).toBe(1);
  await store.close();
  const database = new DatabaseSync(file);
  database.exec('ALTER TABLE event RENAME TO elsewhere');
  database.close();
  for (const _ of [1, 2])
    expect(() => new SqliteEventStore(file)).toThrow(expect.objectContaining({ code: 'store.unavailable' }));
  const again = new DatabaseSync(file);
  again.exec('ALTER TABLE elsewhere RENAME TO event');
  again.close();
  const opened = new SqliteEventStore(file);
  expect(await opened.countAfter()).toBe(1);
  await opened.close();
});
