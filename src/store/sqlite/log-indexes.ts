import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { COMMANDS_SORTED, CommandIndex, recordOf } from './command-index.ts';
import type { EventRow, EventStatements } from './event-statements.ts';
import { hasLogCheck, hasStreamIndex } from './event-statements.ts';
import { HEADS_SORTED } from './late-heads.ts';
import { WAITING_BESIDE_A_WRITER } from './limits.ts';
import type { LogBatch } from './log-batch.ts';
import { sortedUpTo } from './sliced-sorting.ts';
import { EVENTS_SORTED, StreamIndex } from './stream-index.ts';
import type { StreamTable } from './stream-table.ts';

type TailRow = readonly [position: number, stream: number, revision: number, metadata: unknown, hash: string];

/**
 * The indexes of commands and of streams and the heads of streams, and the end of the log that is in none of them in the
 * file yet. Whoever opens the file reads that end once; a reader beside a writer goes on reading.
 */
export class LogIndexes {
  readonly commands: CommandIndex;
  readonly streams: StreamIndex;
  readonly #table: StreamTable;
  readonly #database: DatabaseSync;
  readonly #readTail: StatementSync;
  #commandsUpTo: number;
  #streamsUpTo: number;
  #headsUpTo: number;

  constructor(
    database: DatabaseSync,
    parts: {
      readonly statements: EventStatements;
      readonly at: (position: number) => EventRow | undefined;
      readonly table: StreamTable;
    },
  ) {
    this.#database = database;
    this.commands = new CommandIndex(database);
    this.streams = new StreamIndex(parts);
    this.#table = parts.table;
    this.#readTail = database.prepare(
      'SELECT position, stream, revision, metadata, hash FROM event WHERE position > ? ORDER BY position',
    );
    this.#readTail.setReturnArrays(true);
    this.#commandsUpTo = sortedUpTo(database, COMMANDS_SORTED);
    // In a file of an older version every event is in the index of SQLite's own, or every head in its row.
    this.#streamsUpTo = hasStreamIndex(database) ? sortedUpTo(database, EVENTS_SORTED) : Number.POSITIVE_INFINITY;
    this.#headsUpTo = hasLogCheck(database) ? sortedUpTo(database, HEADS_SORTED) : Number.POSITIVE_INFINITY;
    this.#readOn();
  }

  /** For a reader: takes in what others have written since, and lets go of what has been sorted in since. */
  follow(): void {
    // A writer may have brought the file up to date meanwhile; since then it writes heads late.
    if (this.#headsUpTo === Number.POSITIVE_INFINITY && hasLogCheck(this.#database)) {
      this.#headsUpTo = sortedUpTo(this.#database, HEADS_SORTED);
    }
    this.#readOn();
    if (this.streams.waiting < WAITING_BESIDE_A_WRITER) return;
    this.commands.removeUpTo(sortedUpTo(this.#database, COMMANDS_SORTED));
    this.streams.removeUpTo(sortedUpTo(this.#database, EVENTS_SORTED));
    this.#table.late.removeUpTo(sortedUpTo(this.#database, HEADS_SORTED));
  }

  /** Adds to a batch what is to be sorted in next; with it the log reaches to that position. */
  addSlicesTo(batch: LogBatch, lastPosition: number): void {
    this.commands.addSliceTo(batch, lastPosition);
    this.streams.addSliceTo(batch, lastPosition);
    this.#table.late.addSliceTo(batch, lastPosition);
  }

  /** The batch is durable. */
  keep(batch: LogBatch): void {
    this.commands.keep(batch);
    this.streams.keep(batch);
    this.#table.keep(batch);
  }

  /** Adds all that is under way, or else all that waits, before the store is closed. */
  addAllTo(batch: LogBatch, lastPosition: number): void {
    this.commands.addAllTo(batch, lastPosition);
    this.streams.addAllTo(batch, lastPosition);
    this.#table.late.addAllTo(batch, lastPosition);
  }

  #readOn(): void {
    const from = Math.min(this.#commandsUpTo, this.#streamsUpTo, this.#headsUpTo);
    for (const row of this.#readTail.iterate(from)) {
      const [position, stream, revision, metadata, hash] = row as unknown as TailRow;
      if (position > this.#streamsUpTo) {
        this.streams.add(stream, revision, position);
        this.#streamsUpTo = position;
      }
      if (position > this.#headsUpTo) {
        this.#table.seen(stream, { revision, hash, position });
        this.#headsUpTo = position;
      }
      if (position > this.#commandsUpTo) {
        const commandId = recordOf(metadata);
        if (commandId !== undefined) this.commands.add(commandId, position);
        this.#commandsUpTo = position;
      }
    }
  }
}
