import type { DatabaseSync } from 'node:sqlite';
import { isSqliteError } from './sqlite-error.ts';

/** What is wrong with the file below the level of events: damaged pages, indexes that differ, positions with gaps. */
export function integrityOf(database: DatabaseSync): readonly string[] {
  try {
    return [...pages(database), ...positions(database)];
  } catch (error) {
    if (isSqliteError(error)) return [`the file cannot be read: ${error.message}`];
    throw error;
  }
}

function pages(database: DatabaseSync): string[] {
  const rows = database.prepare('PRAGMA integrity_check(20)').all();
  return rows.map((row) => String(row.integrity_check)).filter((sentence) => sentence !== 'ok');
}

function positions(database: DatabaseSync): string[] {
  const row = database.prepare('SELECT count(*) AS events, max(position) AS last FROM event').get();
  const events = Number(row?.events ?? 0);
  const last = Number(row?.last ?? 0);
  return events === last
    ? []
    : [`the log has ${events} events but its last position is ${last}: positions are missing`];
}
