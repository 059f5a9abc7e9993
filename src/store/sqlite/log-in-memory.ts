import type { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '../../events/envelope.ts';
import { NO_STREAM } from '../event-store.ts';
import type { EventRow, EventStatements } from './event-statements.ts';
import type { Head } from './late-heads.ts';
import type { LogBatch } from './log-batch.ts';
import { LogIndexes } from './log-indexes.ts';
import { LogScan } from './log-scan.ts';
import { StreamTable } from './stream-table.ts';

/** What a connection knows of the log besides the file. After a loss it is read from the file anew. */
export interface LogInMemory {
  readonly streams: StreamTable;
  readonly indexes: LogIndexes;
  readonly scan: LogScan;
  /** The last position that has been given to an event. */
  last: number;
}

/** Reads it from the file. */
export function readLog(
  database: DatabaseSync,
  options: {
    readonly readOnly: boolean;
    readonly statements: EventStatements;
    readonly at: (position: number) => EventRow | undefined;
  },
): LogInMemory {
  const { readOnly, statements, at } = options;
  const streams = new StreamTable(database, { alone: !readOnly });
  return {
    streams,
    indexes: new LogIndexes(database, { statements, at, table: streams }),
    scan: new LogScan(database, streams),
    last: lastPosition(statements),
  };
}

/** Gives events their positions at the end of the log, and adds them to a batch. */
export function addEvents(
  log: LogInMemory,
  appended: {
    readonly stream: string;
    readonly head: Head | undefined;
    readonly events: readonly NewEvent[];
    readonly batch: LogBatch;
  },
): void {
  const { stream, events, batch } = appended;
  const head = appended.head ?? log.streams.create(stream);
  if (head.revision === NO_STREAM) batch.streams.push([head.number, stream]);
  for (const { id, type, metadata, data, hash, recordOf } of events) {
    const [position, revision] = [log.last + 1, head.revision + 1];
    batch.events.push([position, head.number, revision, id, type, metadata, data, hash]);
    log.last = position;
    log.indexes.streams.add(head.number, revision, position);
    if (recordOf !== undefined) log.indexes.commands.add(recordOf, position);
    log.streams.late.moveOn(head, { revision, hash, position });
  }
}

/** The last position in the file. */
export function lastPosition(statements: EventStatements): number {
  return Number(statements.last.get()?.last ?? 0);
}
