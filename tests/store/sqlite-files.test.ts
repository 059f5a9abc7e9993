import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-file-'));
  file = join(folder, 'ledger.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function fill(): Promise<void> {
  const ledger = await openLedger({ store: `sqlite:${file}` });
  await ledger.execute({ command: 'registerPayer', id: 'c1', payerId: 'uo', name: 'Школа' });
  await ledger.execute({ command: 'registerPayer', id: 'c2', payerId: 'vl', name: 'Лицей' });
  await ledger.execute({
    command: 'openFundingPeriod',
    id: 'c3',
    payerId: 'uo',
    periodId: '2020',
    from: '2020-01-01',
    until: '2020-12-31',
  });
  await ledger.close();
}

describe('when the file cannot be a ledger', () => {
  test('a directory, another file and a file of a newer version are refused with their own code', async () => {
    mkdirSync(join(folder, 'directory'));
    await expect(openLedger({ store: `sqlite:${join(folder, 'directory')}` })).rejects.toMatchObject({
      code: 'store.unreadable',
    });
    writeFileSync(join(folder, 'text.txt'), 'no database, but long enough to be looked at as one\n'.repeat(100));
    await expect(openLedger({ store: `sqlite:${join(folder, 'text.txt')}` })).rejects.toMatchObject({
      code: 'store.unreadable',
    });
    await fill();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(openLedger({ store: `sqlite:${file}` })).rejects.toMatchObject({ code: 'store.newer_version' });
  });

  test('a second writer is told that there is one', async () => {
    const ledger = await openLedger({ store: `sqlite:${file}` });
    await expect(openLedger({ store: `sqlite:${file}` })).rejects.toMatchObject({ code: 'store.locked' });
    await ledger.close();
    await (await openLedger({ store: `sqlite:${file}` })).close();
  });
});

describe('when the file is of version 1', () => {
  /** Version 1 had an index that SQLite kept by itself. */
  async function fillVersion1(): Promise<void> {
    await fill();
    const database = new DatabaseSync(file);
    database.exec(`DROP TABLE stream_index; CREATE UNIQUE INDEX event_of_stream ON event (stream, revision);
      DELETE FROM setting WHERE name = 'events_sorted_up_to'; PRAGMA user_version = 1`);
    database.close();
  }
  const eventsOf = async (store: SqliteEventStore) =>
    (await store.read('payer-uo')).map(({ revision, type }) => [revision, type]);
  const inOrder = [
    [0, 'PayerRegistered'],
    [1, 'FundingPeriodOpened'],
  ];

  test('who only reads it finds everything and leaves it as it is', async () => {
    await fillVersion1();
    const reader = new SqliteEventStore(file, { readOnly: true });
    expect(await eventsOf(reader)).toEqual(inOrder);
    expect(await reader.integrity()).toEqual([]);
    const store = new SqliteEventStore(file);
    expect(await eventsOf(reader)).toEqual(inOrder);
    await store.close();
    await reader.close();
  });

  test('who writes it brings it up to date', async () => {
    await fillVersion1();
    const store = new SqliteEventStore(file);
    expect(await eventsOf(store)).toEqual(inOrder);
    await store.close();
    const ledger = await openLedger({ store: `sqlite:${file}` });
    expect(await ledger.verify()).toMatchObject({ ok: true, events: 3 });
    await ledger.close();
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'event_of_stream'").all()).toEqual([]);
    database.close();
  });
});

describe('when a ledger is opened again', () => {
  test('a command of before is replayed, and its id is taken', async () => {
    await fill();
    const ledger = await openLedger({ store: `sqlite:${file}` });
    const again = { command: 'registerPayer', id: 'c1', payerId: 'uo', name: 'Школа' } as const;
    expect(await ledger.execute(again)).toMatchObject({ replayed: true, events: ['PayerRegistered'] });
    await expect(ledger.execute({ ...again, name: 'Другая' })).rejects.toMatchObject({
      code: 'idempotency.key_reused',
    });
    await ledger.close();
  });
});

describe('when somebody changes the file behind the ledger', () => {
  test.each([
    [
      'an amended event',
      `UPDATE event SET data = replace(data, 'Школа', 'Шкода') WHERE position = 1`,
      'stream payer-uo, revision 0',
    ],
    ['a removed last event', 'DELETE FROM event WHERE position = 3', 'stream payer-uo ends at revision 0'],
    ['a removed stream', 'DELETE FROM event WHERE position = 2', 'stream payer-vl ends at revision none'],
    ['another time', `UPDATE event SET metadata = replace(metadata, '"c3"', '"c4"') WHERE position = 3`, 'revision 1'],
  ])('%s is found and located', async (_, change, located) => {
    await fill();
    const database = new DatabaseSync(file);
    expect(Number(database.prepare(change).run().changes)).toBe(1);
    database.close();
    const ledger = await openLedger({ store: `sqlite:${file}` });
    const { ok, findings } = await ledger.verify();
    expect(ok).toBe(false);
    expect(findings.join('\n')).toContain(located);
    await ledger.close();
  });

  test('an unchanged log matches its older digest, and another digest is reported', async () => {
    await fill();
    const first = await openLedger({ store: `sqlite:${file}` });
    const before = await first.verify();
    expect((await first.verify(before)).ok).toBe(true);
    await first.close();
    const ledger = await openLedger({ store: `sqlite:${file}` });
    expect((await ledger.verify({ ...before, digest: 'another' })).findings.join()).toContain('has changed');
    await ledger.close();
  });
});
