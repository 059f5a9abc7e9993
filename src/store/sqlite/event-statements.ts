import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredEvent } from '../../events/envelope.ts';

/** A row of the table of events. */
export type EventRow = readonly [
  position: number,
  stream: number,
  revision: number,
  id: string,
  type: string,
  metadata: string,
  data: string,
  hash: string,
];

const COLUMNS = 'position, stream, revision, id, type, metadata, data, hash';
/** What the store asks of the table of events; rows come as arrays, which are cheaper than objects. */
export interface EventStatements {
  readonly read: StatementSync;
  readonly readAll: StatementSync;
  readonly at: StatementSync;
  readonly last: StatementSync;
}

/** The row has to bear out what the index says of it. */
const READ = `SELECT ${COLUMNS.split(', ')
  .map((column) => `event.${column}`)
  .join(', ')} FROM stream_index
  CROSS JOIN event ON event.position = stream_index.position
    AND event.stream = stream_index.stream AND event.revision = stream_index.revision
  WHERE stream_index.stream = ? AND stream_index.revision >= ? ORDER BY stream_index.revision LIMIT ?`;
const READ_BEFORE_VERSION_2 = `SELECT ${COLUMNS} FROM event
  WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`;

/** Prepares them once for a connection. */
export function prepareEventStatements(database: DatabaseSync): EventStatements {
  const inArrays = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  return {
    read: inArrays(hasStreamIndex(database) ? READ : READ_BEFORE_VERSION_2),
    readAll: inArrays(`SELECT ${COLUMNS} FROM event WHERE position > ? ORDER BY position LIMIT ?`),
    at: inArrays(`SELECT ${COLUMNS} FROM event WHERE position = ?`),
    last: database.prepare('SELECT max(position) AS last FROM event'),
  };
}

/** A file of version 1 that is only read has an index of SQLite's own instead. */
export function hasStreamIndex(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'stream_index'").get() !== undefined;
}

/** A file of version 1 or 2 that is only read has no running check, and its heads are all in their rows. */
export function hasLogCheck(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM pragma_table_info('event') WHERE name = 'log_check'").get() !== undefined;
}

/** The row as the port gives it back. */
export function storedEvent(row: EventRow, stream: string): StoredEvent {
  const [position, , revision, id, type, metadata, data, hash] = row;
  return { position: String(position), stream, revision, id, type, metadata, data, hash };
}
