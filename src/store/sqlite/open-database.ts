import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../../kernel/errors.ts';
import { asLedgerError } from './sqlite-error.ts';

/** The version of the file's tables. A file of a newer one is refused, an older one is brought up to it by a writer. */
export const FILE_VERSION = 3;
/** Under this name the file tells the last position without a running check: the log was begun by an older version. */
export const CHECKED_FROM = 'log_checked_from';
/** "CLed": tells a ledger from any other SQLite file. */
const APPLICATION_ID = 0x434c6564;

const STREAM_INDEX = `
  CREATE TABLE stream_index (
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
  ) STRICT, WITHOUT ROWID;
`;
const TABLES = `
  CREATE TABLE stream (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    metadata TEXT NOT NULL,
    data TEXT NOT NULL,
    hash TEXT NOT NULL,
    log_check INTEGER NOT NULL,
    is_last INTEGER NOT NULL
  ) STRICT;
  ${STREAM_INDEX}
  CREATE TABLE command_index (key INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (key, position))
    STRICT, WITHOUT ROWID;
  CREATE TABLE setting (name TEXT PRIMARY KEY, value ANY) STRICT;
`;

/** How a ledger's file is opened. */
export interface OpenOptions {
  readonly readOnly: boolean;
}

/** Opens a ledger's file, makes its tables in a new one, and refuses what is none or comes from a newer version. */
export function openDatabase(file: string, { readOnly }: OpenOptions): DatabaseSync {
  refuseOtherFiles(file, readOnly);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly, timeout: 5000 });
    if (!readOnly) {
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = FULL');
    }
    prepareTables(database, file, readOnly);
    // A file that cannot be written says so now and not at the first command; to begin a transaction would not tell.
    if (!readOnly) database.exec("DELETE FROM setting WHERE name = ''");
    return database;
  } catch (error) {
    database?.close();
    throw asLedgerError(error, file);
  }
}

/** Writes the first page as it is, durably: what a full disk or a file that may not be written refuses. */
export function writeFirstPage(database: DatabaseSync): void {
  database.exec(`PRAGMA user_version = ${FILE_VERSION}`);
}

function prepareTables(database: DatabaseSync, file: string, readOnly: boolean): void {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables;
  if (tables === 0 && readOnly)
    throw new LedgerError('store.unreadable', `${file} is empty, there is no ledger in it yet`);
  if (tables === 0) {
    database.exec(`BEGIN IMMEDIATE; ${TABLES}
      PRAGMA user_version = ${FILE_VERSION}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
    return;
  }
  if (application !== APPLICATION_ID) {
    throw new LedgerError('store.unreadable', `${file} is not a ledger: it is another program's database`);
  }
  if (version > FILE_VERSION) {
    throw new LedgerError(
      'store.newer_version',
      `${file} was written by a newer version of the ledger (file version ${version}, this one knows ${FILE_VERSION})`,
    );
  }
  if (version < FILE_VERSION && !readOnly) bringUpToDate(database, version);
}

function bringUpToDate(database: DatabaseSync, version: number): void {
  const steps = [TO_VERSION_2, TO_VERSION_3].slice(version - 1).join('');
  database.exec(`BEGIN IMMEDIATE; ${steps} PRAGMA user_version = ${FILE_VERSION}; COMMIT`);
}

/** Version 1 had an index of SQLite's own by stream and revision, which was written with every event. */
const TO_VERSION_2 = `${STREAM_INDEX}
  INSERT INTO stream_index SELECT stream, revision, position FROM event ORDER BY stream, revision;
  INSERT OR REPLACE INTO setting SELECT 'events_sorted_up_to', coalesce(max(position), 0) FROM event;
  DROP INDEX event_of_stream;`;

/** Up to version 2 every head was written with its stream's event, and the log had neither a running check nor a mark. */
const TO_VERSION_3 = `
  ALTER TABLE event ADD COLUMN log_check INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE event ADD COLUMN is_last INTEGER NOT NULL DEFAULT 0;
  UPDATE event SET is_last = 1 WHERE position = (SELECT max(position) FROM event);
  INSERT OR REPLACE INTO setting SELECT 'heads_sorted_up_to', coalesce(max(position), 0) FROM event;
  INSERT OR REPLACE INTO setting SELECT '${CHECKED_FROM}', coalesce(max(position), 0) FROM event;`;

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

function refuseOtherFiles(file: string, readOnly: boolean): void {
  if (file === ':memory:') return;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined && readOnly) throw new LedgerError('store.unreadable', `there is no ledger at ${file}`);
  if (stats?.isDirectory()) throw new LedgerError('store.unreadable', `${file} is a directory, not a ledger's file`);
}
