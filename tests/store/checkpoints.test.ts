import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as passed } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Checkpoints } from '../../src/store/sqlite/checkpoints.ts';
import type { CheckpointLimits } from '../../src/store/sqlite/limits.ts';
import { emptyBatch } from '../../src/store/sqlite/log-batch.ts';
import { isSqliteError } from '../../src/store/sqlite/sqlite-error.ts';

const LIMITS: CheckpointLimits = { pause: 20, quiet: 5, busy: 60, byItself: 40, long: 200, alone: 901, beside: 902 };
const PAGE = 4096;
const program = new URL('../support/store/ending-process.ts', import.meta.url).pathname;

let folder = '';
let file = '';
let database: DatabaseSync;
let checkpoints: Checkpoints;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-checkpoints-'));
  file = join(folder, 'ledger.db');
  database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE note (text TEXT)');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  checkpoints = new Checkpoints(database, file, LIMITS);
});
afterEach(async () => {
  await checkpoints.close();
  if (database.isOpen) database.close();
  rmSync(folder, { recursive: true });
});

/** Commits so many rows, one after another, each of which changes a page. */
async function commit(rows: number, { pause = 0 } = {}): Promise<void> {
  const insert = database.prepare('INSERT INTO note VALUES (?)');
  for (let row = 0; row < rows; row += 1) {
    insert.run('x');
    checkpoints.committed([emptyBatch()]);
    if (pause > 0) await passed(pause);
  }
}

/** How many rows are in the file itself, whatever its log holds besides; no number while it is being written. */
function rowsInFile(): number {
  const copy = join(folder, 'copy.db');
  copyFileSync(file, copy);
  const alone = new DatabaseSync(copy);
  try {
    return Number(alone.prepare('SELECT count(*) AS rows FROM note').get()?.rows);
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    return Number.NaN;
  } finally {
    alone.close();
  }
}

/** A reader in a transaction of its own, which keeps what comes after it out of the file. */
function readerOfNow(): DatabaseSync {
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec('BEGIN; SELECT count(*) FROM note');
  return reader;
}

/** Which limit of SQLite's own is in force tells whether there is a thread. */
function hasThread(): boolean {
  return database.prepare('PRAGMA wal_autocheckpoint').get()?.wal_autocheckpoint === LIMITS.beside;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let times = 0; times < 300 && !isSo(); times += 1) await passed(20);
  expect(isSo()).toBe(true);
}

describe('when a ledger has become quiet', () => {
  test('what little was committed is moved into the file by the writer', async () => {
    await commit(LIMITS.quiet);
    expect(rowsInFile()).toBe(0);
    await until(() => rowsInFile() === LIMITS.quiet);
    expect(hasThread()).toBe(false);
  });

  test('less than is worth it stays in the log', async () => {
    await commit(LIMITS.quiet - 1);
    await passed(10 * LIMITS.pause);
    expect(rowsInFile()).toBe(0);
  });

  test('more than the writer should stand still for is moved by a thread', async () => {
    await commit(LIMITS.byItself);
    await until(() => rowsInFile() === LIMITS.byItself);
    expect(hasThread()).toBe(true);
  });
});

describe('when somebody else writes into the file', () => {
  test('it is moved as well, and the writer is told of it', async () => {
    const other = new DatabaseSync(file);
    const insert = other.prepare('INSERT INTO note VALUES (?)');
    for (let row = 0; row < LIMITS.byItself; row += 1) insert.run('x');
    expect(rowsInFile()).toBe(0);
    checkpoints.othersCommitted();
    await until(() => rowsInFile() === LIMITS.byItself);
    expect(hasThread()).toBe(true);
    other.close();
  });

  test('what a reader keeps out of the file is not asked for again and again', async () => {
    await commit(LIMITS.byItself);
    await until(hasThread);
    await until(() => rowsInFile() === LIMITS.byItself);
    const reader = readerOfNow();
    await commit(LIMITS.busy);
    await passed(10 * LIMITS.pause);
    const asked = vi.spyOn(Worker.prototype, 'postMessage');
    await commit(LIMITS.quiet - 1, { pause: LIMITS.pause });
    await passed(5 * LIMITS.pause);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
    expect(rowsInFile()).toBe(LIMITS.byItself);
    reader.close();
  });
});

describe('when somebody else has moved the log into the file', () => {
  test('what could not be moved before it no longer counts, and little is moved when it is quiet', async () => {
    await commit(LIMITS.byItself);
    await until(() => rowsInFile() === LIMITS.byItself);
    const reader = readerOfNow();
    await commit(LIMITS.busy);
    await passed(10 * LIMITS.pause);
    reader.close();
    const other = new DatabaseSync(file);
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    other.close();
    await commit(LIMITS.quiet);
    await until(() => rowsInFile() === LIMITS.byItself + LIMITS.busy + LIMITS.quiet);
  });
});

describe('while a ledger is busy', () => {
  test('a thread moves what has been committed, and what comes later is moved as well', async () => {
    await commit(4 * LIMITS.busy, { pause: 1 });
    await until(() => rowsInFile() >= 2 * LIMITS.busy);
    expect(hasThread()).toBe(true);
    // A little that came last may not be worth it.
    await until(() => rowsInFile() > 4 * LIMITS.busy - LIMITS.quiet);
  });

  test('the log is written from its beginning again, however long that goes on', async () => {
    await commit(8 * LIMITS.long, { pause: 1 });
    expect(statSync(`${file}-wal`).size).toBeLessThan(5 * LIMITS.long * PAGE);
  }, 60_000);

  test('a transaction that is open is not disturbed', async () => {
    await commit(LIMITS.quiet);
    database.exec('BEGIN');
    database.exec("INSERT INTO note VALUES ('not yet')");
    await passed(5 * LIMITS.pause);
    database.exec('COMMIT');
    await until(() => rowsInFile() === LIMITS.quiet + 1);
  });
});

describe('when it ends', () => {
  test('the thread lets go of the file, which is whole without a log', async () => {
    await commit(LIMITS.busy + LIMITS.byItself);
    await until(hasThread);
    await checkpoints.close();
    database.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(rowsInFile()).toBe(LIMITS.busy + LIMITS.byItself);
  });

  test('a process that does not close its ledger is not kept by the thread, and what it wrote is there', () => {
    const left = join(folder, 'left.db');
    const ended = spawnSync(process.execPath, [program, left, '1000'], { encoding: 'utf8', timeout: 30_000 });
    expect(ended).toMatchObject({ status: 0, stdout: 'has appended\n', stderr: '' });
    const reader = new DatabaseSync(left, { readOnly: true });
    expect(reader.prepare('SELECT count(*) AS events FROM event').get()).toEqual({ events: 1000 });
    reader.close();
  });
});

describe('when the thread cannot do its work', () => {
  test('a process whose preload keeps every thread alive is not kept by this one', () => {
    const preload = join(folder, 'preload.mjs');
    writeFileSync(preload, 'setInterval(() => undefined, 1000);\n');
    const left = join(folder, 'left.db');
    const env = { ...process.env, NODE_OPTIONS: `--import ${pathToFileURL(preload).href}` };
    const ended = spawnSync(process.execPath, [program, left, '1000', 'close'], {
      encoding: 'utf8',
      timeout: 30_000,
      env,
    });
    expect(ended).toMatchObject({ status: 0, stdout: 'has closed\n' });
    expect(existsSync(`${left}-wal`)).toBe(false);
  });

  test('what it could not move it is asked for again, and after the end nothing is', async () => {
    await commit(LIMITS.byItself);
    await until(hasThread);
    await until(() => rowsInFile() === LIMITS.byItself);
    const reader = readerOfNow();
    await commit(LIMITS.busy);
    await passed(5 * LIMITS.pause);
    expect(rowsInFile()).toBe(LIMITS.byItself);
    reader.close();
    await commit(LIMITS.quiet);
    await until(() => rowsInFile() === LIMITS.byItself + LIMITS.busy + LIMITS.quiet);
    await commit(LIMITS.busy);
    await checkpoints.close();
    database.close();
    await passed(5 * LIMITS.pause);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });
});

describe('where there can be no thread', () => {
  test('the writer moves all of it, when it is quiet', async () => {
    // The thread finds no file under that name, and none is made.
    const elsewhere = join(folder, 'elsewhere.db');
    checkpoints = new Checkpoints(database, elsewhere, LIMITS);
    await commit(2 * LIMITS.busy);
    await until(() => rowsInFile() === 2 * LIMITS.busy);
    expect(hasThread()).toBe(false);
    await commit(LIMITS.quiet);
    await until(() => rowsInFile() === 2 * LIMITS.busy + LIMITS.quiet);
    expect(existsSync(elsewhere)).toBe(false);
  });

  test('one that fails while the ledger is being closed disturbs nobody after the end', async () => {
    checkpoints = new Checkpoints(database, join(folder, 'elsewhere.db'), LIMITS);
    await commit(2 * LIMITS.busy);
    await until(hasThread);
    await checkpoints.close();
    database.close();
    await passed(10 * LIMITS.pause);
    expect(rowsInFile()).toBe(2 * LIMITS.busy);
  });

  test('a process that may have none writes all the same', () => {
    const left = join(folder, 'left.db');
    const permitted = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*'];
    const ended = spawnSync(process.execPath, [...permitted, program, left, '1000'], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(ended).toMatchObject({ status: 0, stdout: 'has appended\n' });
    const reader = new DatabaseSync(left, { readOnly: true });
    expect(reader.prepare('SELECT count(*) AS events FROM event').get()).toEqual({ events: 1000 });
    reader.close();
  });
});
