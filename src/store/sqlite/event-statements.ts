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
  readonly insert: StatementSync;
  readonly read: StatementSync;
  readonly readAll: StatementSync;
  readonly at: StatementSync;
  readonly last: StatementSync;
}

/** Prepares them once for a connection. */
export function prepareEventStatements(database: DatabaseSync): EventStatements {
  const inArrays = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  return {
    insert: database.prepare(`INSERT INTO event(${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    read: inArrays(`SELECT ${COLUMNS} FROM event WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`),
    readAll: inArrays(`SELECT ${COLUMNS} FROM event WHERE position > ? ORDER BY position LIMIT ?`),
    at: inArrays(`SELECT ${COLUMNS} FROM event WHERE position = ?`),
    last: database.prepare('SELECT max(position) AS last FROM event'),
  };
}

/** The row as the port gives it back. */
export function storedEvent(row: EventRow, stream: string): StoredEvent {
  const [position, , revision, id, type, metadata, data, hash] = row;
  return { position: String(position), stream, revision, id, type, metadata, data, hash };
}
