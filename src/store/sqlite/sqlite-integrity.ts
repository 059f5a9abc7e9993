import type { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../../kernel/errors.ts';
import { COMMANDS_SORTED, keyOf, recordOf } from './command-index.ts';
import { hasLogCheck, hasStreamIndex } from './event-statements.ts';
import { IndexCheck } from './index-check.ts';
import { HEADS_SORTED } from './late-heads.ts';
import { PositionCheck, RunningCheck } from './log-order-check.ts';
import { CHECKED_FROM } from './open-database.ts';
import { sortedUpTo } from './sliced-sorting.ts';
import { asLedgerError } from './sqlite-error.ts';
import { EVENTS_SORTED } from './stream-index.ts';

const ROWS_AT_ONCE = 5_000;
/** One finding says as much as a million of its kind. */
const STREAMS_NAMED = 20;

type LogRow = readonly [
  position: number,
  stream: number,
  revision: number,
  metadata: unknown,
  hash: unknown,
  logCheck: number,
  isLast: number,
];

/** What is wrong with the file below the level of events: damaged pages, indexes that differ, positions with gaps. */
export function integrityOf(database: DatabaseSync): readonly string[] {
  try {
    return inOneSnapshot(database, () => [...pages(database), ...log(database)]);
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

/**
 * Walks over the log once for all that it has to bear out. Every event and command that was sorted into an index has to be
 * found there, and nothing else: else a stream would miss an event, and a command's id would be free again.
 */
function log(database: DatabaseSync): string[] {
  const isChecked = hasLogCheck(database);
  const isIndexed = hasStreamIndex(database);
  const positions = new PositionCheck();
  const order = isChecked ? new RunningCheck(sortedUpTo(database, CHECKED_FROM)) : undefined;
  const commands = new IndexCheck('commands', sortedUpTo(database, COMMANDS_SORTED));
  const streams = new IndexCheck('streams', isIndexed ? sortedUpTo(database, EVENTS_SORTED) : 0);
  const last = eachRow(database, isChecked, ([position, stream, revision, metadata, hash, check, isLast]) => {
    positions.take(position);
    order?.take(position, hash, check, isLast);
    const commandId = position <= commands.upTo ? recordOf(metadata) : undefined;
    if (commandId !== undefined) commands.recorded.add(keyOf(commandId), position);
    if (position <= streams.upTo) streams.recorded.add(stream, revision, position);
  });
  addEntries(commands, { table: 'command_index', columns: ['key', 'position'] }, database);
  if (isIndexed) addEntries(streams, { table: 'stream_index', columns: ['stream', 'revision', 'position'] }, database);
  const hasStreams = database.prepare('SELECT 1 FROM stream LIMIT 1').get() !== undefined;
  return [
    ...positions.findings(),
    ...(order?.findings(hasStreams) ?? []),
    ...(isChecked ? heads(database, last) : []),
    ...commands.findings(last),
    ...streams.findings(last),
  ];
}

/** Answers the last position. Pages into arrays take half the time of a row at a time. */
function eachRow(database: DatabaseSync, isChecked: boolean, take: (row: LogRow) => void): number {
  const columns = `position, stream, revision, metadata${isChecked ? ', hash, log_check, is_last' : ''}`;
  const statement = database.prepare(`SELECT ${columns} FROM event WHERE position > ? ORDER BY position LIMIT ?`);
  statement.setReturnArrays(true);
  let last = 0;
  for (let after = Number.MIN_SAFE_INTEGER; ; after = last) {
    const rows = statement.all(after, ROWS_AT_ONCE) as unknown as LogRow[];
    for (const row of rows) take(row);
    last = rows.at(-1)?.[0] ?? last;
    if (rows.length < ROWS_AT_ONCE) return last;
  }
}

/**
 * Heads are read from the log after the position up to which they have been written; so that may not lie behind the log,
 * and a stream without a written head has its events after it.
 */
function heads(database: DatabaseSync, last: number): string[] {
  const upTo = sortedUpTo(database, HEADS_SORTED);
  const reach =
    upTo <= last ? [] : [`the heads of streams differ from the log: they reach to ${upTo}, the log to ${last}`];
  const without = database.prepare(
    `SELECT name FROM stream WHERE revision < 0 AND number NOT IN (SELECT stream FROM event WHERE position > ?)
     ORDER BY number LIMIT ${STREAMS_NAMED}`,
  );
  return [...reach, ...without.all(upTo).map(({ name }) => `stream ${name} has lost its head, or all of its events`)];
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
