import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { appendDurably, newEvent } from '../support/store/stored-forms.ts';

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

/** Up to version 2 the log had no running check and its last event no mark; version 1 had an index that SQLite kept. */
const OLDER = {
  1: `DROP TABLE stream_index; CREATE UNIQUE INDEX event_of_stream ON event (stream, revision);
    DELETE FROM setting WHERE name = 'events_sorted_up_to';`,
  2: `ALTER TABLE event DROP COLUMN log_check; ALTER TABLE event DROP COLUMN is_last;
    DELETE FROM setting WHERE name = 'heads_sorted_up_to';`,
} as const;

describe.each([
  [1, OLDER[1] + OLDER[2]],
  [2, OLDER[2]],
] as const)('when the file is of version %i', (version, downgrade) => {
  async function fillOlder(): Promise<void> {
    await fill();
    const database = new DatabaseSync(file);
    database.exec(`${downgrade} PRAGMA user_version = ${version}`);
    database.close();
  }
  const eventsOf = async (store: SqliteEventStore) =>
    (await store.read('payer-uo')).map(({ revision, type }) => [revision, type]);
  const inOrder = [
    [0, 'PayerRegistered'],
    [1, 'FundingPeriodOpened'],
  ];

  test('who only reads it finds everything and leaves it as it is', async () => {
    await fillOlder();
    const reader = new SqliteEventStore(file, { readOnly: true });
    expect(await eventsOf(reader)).toEqual(inOrder);
    expect(await reader.integrity()).toEqual([]);
    const store = new SqliteEventStore(file);
    expect(await eventsOf(reader)).toEqual(inOrder);
    await appendDurably(store, 'payer-uo', 1, [newEvent({ hash: 'of the third' })]);
    expect(await reader.head('payer-uo')).toEqual({ stream: 'payer-uo', revision: 2, hash: 'of the third' });
    await store.close();
    await reader.close();
  });

  test('who writes it brings it up to date', async () => {
    await fillOlder();
    const store = new SqliteEventStore(file);
    expect(await eventsOf(store)).toEqual(inOrder);
    await store.close();
    const ledger = await openLedger({ store: `sqlite:${file}` });
    expect(await ledger.verify()).toMatchObject({ ok: true, events: 3 });
    await ledger.execute({ command: 'registerPayer', id: 'c4', payerId: 'new', name: 'Новый' });
    expect(await ledger.verify()).toMatchObject({ ok: true, events: 4 });
    await ledger.close();
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 });
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
