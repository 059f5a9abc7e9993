import type { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../../kernel/errors.ts';
import { COMMANDS_SORTED, keyOf, recordOf } from './command-index.ts';
import { hasLogCheck, hasStreamIndex } from './event-statements.ts';
import { HEADS_SORTED } from './late-heads.ts';
import { LOG_CHECK_START, nextLogCheck } from './log-check.ts';
import { CHECKED_FROM } from './open-database.ts';
import { sortedUpTo } from './sliced-sorting.ts';
import { asLedgerError } from './sqlite-error.ts';
import { EVENTS_SORTED } from './stream-index.ts';

const ROWS_AT_ONCE = 5_000;
/** One finding says as much as a million of its kind. */
const STREAMS_NAMED = 20;

/** What is wrong with the file below the level of events: damaged pages, indexes that differ, positions with gaps. */
export function integrityOf(database: DatabaseSync): readonly string[] {
  try {
    return inOneSnapshot(database, () => [
      ...pages(database),
      ...positions(database),
      ...logCheck(database),
      ...heads(database),
      ...indexes(database),
    ]);
  } catch (error) {
    const explained = asLedgerError(error, 'the file');
    if (explained instanceof LedgerError) return [explained.message];
    throw explained;
  }
}

/** Whoever appends meanwhile is not seen in between. */
function inOneSnapshot<Answer>(database: DatabaseSync, work: () => Answer): Answer {
  if (database.isTransaction) return work();
  database.exec('BEGIN');
  try {
    return work();
  } finally {
    database.exec('COMMIT');
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

/** The running check has to be borne out by every event, and the last one has to be marked as such, and no other. */
function logCheck(database: DatabaseSync): string[] {
  if (!hasLogCheck(database)) return [];
  const uncheckedUpTo = sortedUpTo(database, CHECKED_FROM);
  const findings: string[] = [];
  let [position, check, isLast] = [0, LOG_CHECK_START, 1];
  for (const [next, hash, kept, last] of checkedEvents(database)) {
    if (isLast !== 0 && position > 0)
      findings.push(`position ${position} is marked as the log's last, and others follow`);
    check = next <= uncheckedUpTo ? LOG_CHECK_START : nextLogCheck(check, String(hash));
    if (kept !== check) {
      findings.push(
        `position ${next}: the running check of the log differs, this event or what comes before it was exchanged`,
      );
      check = kept;
    }
    [position, isLast] = [next, last];
  }
  const streams = database.prepare('SELECT 1 FROM stream LIMIT 1').get();
  if (position === 0 && streams !== undefined)
    findings.push('position 1 is missing: there are streams, and no event is left');
  if (isLast !== 1)
    findings.push(`position ${position + 1} is missing: the event before it is not the log's last, so its end is gone`);
  return findings;
}

/**
 * Heads are read from the log after the position up to which they have been written; so that may not lie behind the log,
 * and a stream without a written head has its events after it.
 */
function heads(database: DatabaseSync): string[] {
  if (!hasLogCheck(database)) return [];
  const last = Number(database.prepare('SELECT max(position) AS last FROM event').get()?.last ?? 0);
  const upTo = sortedUpTo(database, HEADS_SORTED);
  const reach =
    upTo <= last ? [] : [`the heads of streams differ from the log: they reach to ${upTo}, the log to ${last}`];
  const without = database.prepare(
    `SELECT name FROM stream WHERE revision < 0 AND number NOT IN (SELECT stream FROM event WHERE position > ?)
     ORDER BY number LIMIT ${STREAMS_NAMED}`,
  );
  return [...reach, ...without.all(upTo).map(({ name }) => `stream ${name} has lost its head, or all of its events`)];
}

/**
 * Every event and command that was sorted into an index has to be found there, and nothing else: else a stream would
 * miss an event, and a command's id would be free again.
 */
function indexes(database: DatabaseSync): string[] {
  const last = Number(database.prepare('SELECT max(position) AS last FROM event').get()?.last ?? 0);
  const commands = new IndexCheck('commands', sortedUpTo(database, COMMANDS_SORTED));
  const streams = new IndexCheck('streams', hasStreamIndex(database) ? sortedUpTo(database, EVENTS_SORTED) : 0);
  for (const [position, stream, revision, metadata] of eventsUpTo(
    Math.min(last, Math.max(commands.upTo, streams.upTo)),
    database,
  )) {
    const commandId = position <= commands.upTo ? recordOf(metadata) : undefined;
    if (commandId !== undefined) commands.recorded.add(keyOf(commandId), position);
    if (position <= streams.upTo) streams.recorded.add(stream, revision, position);
  }
  addEntries(commands, { table: 'command_index', columns: ['key', 'position'] }, database);
  if (hasStreamIndex(database)) {
    addEntries(streams, { table: 'stream_index', columns: ['stream', 'revision', 'position'] }, database);
  }
  return [...commands.findings(last), ...streams.findings(last)];
}

/** The first two columns are the key by which pages go on; the last one is the position. */
function addEntries(
  { indexed, upTo }: IndexCheck,
  { table, columns }: { readonly table: string; readonly columns: readonly [string, string, string?] },
  database: DatabaseSync,
): void {
  const [first, second] = columns;
  const statement = database.prepare(
    `SELECT ${columns.join(', ')} FROM ${table} WHERE (${first}, ${second}) > (?, ?)
     ORDER BY ${first}, ${second} LIMIT ${ROWS_AT_ONCE}`,
  );
  statement.setReturnArrays(true);
  for (let after = [-1, -1]; ; ) {
    const entries = statement.all(after[0] ?? 0, after[1] ?? 0) as unknown as number[][];
    // What is being sorted in just now lies after that position.
    for (const entry of entries) if ((entry.at(-1) ?? 0) <= upTo) indexed.add(...entry);
    if (entries.length < ROWS_AT_ONCE) return;
    after = entries.at(-1) ?? after;
  }
}

function* checkedEvents(
  database: DatabaseSync,
): Iterable<readonly [position: number, hash: unknown, logCheck: number, isLast: number]> {
  const events = database.prepare(
    'SELECT position, hash, log_check, is_last FROM event WHERE position > ? ORDER BY position LIMIT ?',
  );
  events.setReturnArrays(true);
  for (let position = 0; ; ) {
    const rows = events.all(position, ROWS_AT_ONCE) as unknown as [number, unknown, number, number][];
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
    position = rows.at(-1)?.[0] ?? position;
  }
}

/** The events up to a position; pages into arrays take half the time of a row at a time. */
function* eventsUpTo(
  last: number,
  database: DatabaseSync,
): Iterable<readonly [position: number, stream: number, revision: number, metadata: unknown]> {
  const events = database.prepare(
    'SELECT position, stream, revision, metadata FROM event WHERE position > ? AND position <= ? ORDER BY position LIMIT ?',
  );
  events.setReturnArrays(true);
  for (let position = 0; ; ) {
    const rows = events.all(position, last, ROWS_AT_ONCE) as unknown as [number, number, number, unknown][];
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
    position = rows.at(-1)?.[0] ?? last;
  }
}

/** What the log and an index hold of the events that were sorted in. */
class IndexCheck {
  readonly upTo: number;
  readonly recorded = new Checksum();
  readonly indexed = new Checksum();
  readonly #name: string;

  constructor(name: string, upTo: number) {
    this.#name = name;
    this.upTo = upTo;
  }

  findings(last: number): string[] {
    const differs = `the index of ${this.#name} differs from the log`;
    if (this.upTo > last) return [`${differs}: it reaches to ${this.upTo}, the log to ${last}`];
    if (this.recorded.equals(this.indexed)) return [];
    return [`${differs}: ${this.indexed.count} entries in it, ${this.recorded.count} recorded`];
  }
}

/** Tells two sets of tuples apart without holding them. */
class Checksum {
  count = 0;
  #sum = 0;

  add(...numbers: readonly number[]): void {
    this.count += 1;
    let mixed = 0;
    for (const number of numbers) {
      mixed = Math.imul(mixed ^ (number >>> 0), 2654435761);
      mixed = Math.imul(mixed ^ (mixed >>> 15) ^ Math.floor(number / 4294967296), 2246822507);
    }
    this.#sum = (this.#sum + Math.imul(mixed ^ (mixed >>> 13), 3266489909)) | 0;
  }

  equals(other: Checksum): boolean {
    return this.count === other.count && this.#sum === other.#sum;
  }
}
