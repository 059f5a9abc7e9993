import type { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../../kernel/errors.ts';
import { keyOf, recordOf } from './command-index.ts';
import { asLedgerError } from './sqlite-error.ts';

const ROWS_AT_ONCE = 5_000;

/** What is wrong with the file below the level of events: damaged pages, indexes that differ, positions with gaps. */
export function integrityOf(database: DatabaseSync): readonly string[] {
  try {
    return [...pages(database), ...positions(database), ...commandIndex(database)];
  } catch (error) {
    const explained = asLedgerError(error, 'the file');
    if (explained instanceof LedgerError) return [explained.message];
    throw explained;
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
  if (events === last) return [];
  const numbered = 'SELECT position, row_number() OVER (ORDER BY position) AS place FROM event';
  const gap = database.prepare(`SELECT min(place) AS missing FROM (${numbered}) WHERE position <> place`).get();
  return [`position ${gap?.missing} is missing: the log has ${events} events and ends at position ${last}`];
}

/** Every command that was sorted into the index has to be found there, or its id would be free again. */
function commandIndex(database: DatabaseSync): string[] {
  const sorted = Number(
    database.prepare("SELECT value FROM setting WHERE name = 'commands_sorted_up_to'").get()?.value ?? 0,
  );
  const last = Number(database.prepare('SELECT max(position) AS last FROM event').get()?.last ?? 0);
  if (sorted > last) return [`the index of commands differs from the log: it reaches to ${sorted}, the log to ${last}`];
  const recorded = new Checksum();
  for (const [position, metadata] of recordsUpTo(sorted, database)) {
    const commandId = recordOf(metadata);
    if (commandId !== undefined) recorded.add(keyOf(commandId), position);
  }
  const indexed = new Checksum();
  // What is being sorted in just now lies after that position.
  const keys = database.prepare('SELECT key, position FROM command_index WHERE position <= ?');
  keys.setReturnArrays(true);
  for (const row of keys.iterate(sorted)) indexed.add(...(row as unknown as [number, number]));
  return recorded.equals(indexed)
    ? []
    : [`the index of commands differs from the log: ${indexed.count} commands in it, ${recorded.count} recorded`];
}

/** The events up to a position; pages into arrays take half the time of a row at a time. */
function* recordsUpTo(last: number, database: DatabaseSync): Iterable<readonly [position: number, metadata: unknown]> {
  const events = database.prepare(
    'SELECT position, metadata FROM event WHERE position > ? AND position <= ? ORDER BY position LIMIT ?',
  );
  events.setReturnArrays(true);
  for (let position = 0; ; ) {
    const rows = events.all(position, last, ROWS_AT_ONCE) as unknown as [number, unknown][];
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
    position = rows.at(-1)?.[0] ?? last;
  }
}

/** Tells two sets of pairs apart without holding them. */
class Checksum {
  count = 0;
  #sum = 0;

  add(key: number, position: number): void {
    this.count += 1;
    const low = Math.imul(key >>> 0, 2654435761) ^ Math.imul(Math.floor(key / 4294967296), 1597334677);
    this.#sum = (this.#sum + Math.imul(low ^ Math.imul(position, 2246822507), 3266489909)) | 0;
  }

  equals(other: Checksum): boolean {
    return this.count === other.count && this.#sum === other.#sum;
  }
}
