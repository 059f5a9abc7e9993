import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { COMMANDS_SORTED, CommandIndex, recordOf } from './command-index.ts';
import type { EventStatements } from './event-statements.ts';
import { hasStreamIndex } from './event-statements.ts';
import { sortedUpTo, WAITING_AT_MOST } from './sliced-sorting.ts';
import { EVENTS_SORTED, StreamIndex } from './stream-index.ts';

/** A reader beside a writer lets go of what has been sorted in when so many events wait in its memory. */
const WAITING_BESIDE_A_WRITER = 4 * WAITING_AT_MOST;

/**
 * The indexes of commands and of streams, and the end of the log that is in neither of them in the file yet. Whoever
 * opens the file reads that end once; a reader beside a writer goes on reading.
 */
export class LogIndexes {
  readonly commands: CommandIndex;
  readonly streams: StreamIndex;
  readonly #database: DatabaseSync;
  readonly #readTail: StatementSync;
  #commandsUpTo: number;
  #streamsUpTo: number;
  /** The last position that is durable. */
  #durable: number;

  constructor(
    database: DatabaseSync,
    statements: EventStatements,
    options: { readonly readOnly: boolean; readonly lastPosition: number },
  ) {
    this.#database = database;
    this.commands = new CommandIndex(database);
    this.streams = new StreamIndex(database, statements, options);
    this.#readTail = database.prepare(
      'SELECT position, stream, revision, metadata FROM event WHERE position > ? ORDER BY position',
    );
    this.#readTail.setReturnArrays(true);
    this.#commandsUpTo = sortedUpTo(database, COMMANDS_SORTED);
    // In a file of version 1 every event is in the index of SQLite's own.
    this.#streamsUpTo = hasStreamIndex(database) ? sortedUpTo(database, EVENTS_SORTED) : Number.POSITIVE_INFINITY;
    this.#readOn();
    this.#durable = options.lastPosition;
  }

  /** For a reader: takes in what others have written since, and lets go of the places of events sorted in since. */
  follow(): void {
    this.#readOn();
    if (this.streams.waiting < WAITING_BESIDE_A_WRITER) return;
    this.streams.removeUpTo(sortedUpTo(this.#database, EVENTS_SORTED));
  }

  /** Called inside a transaction: sorts in the next slices, when there are any. */
  sortSlices(): void {
    this.commands.sortSlice();
    this.streams.sortSlice();
  }

  /** The open transaction is durable, up to this position. */
  keep(lastPosition: number): void {
    this.#durable = lastPosition;
    this.commands.keepSlice(lastPosition);
    this.streams.keepSlice(lastPosition);
  }

  /** The open transaction was lost. */
  takeBack(): void {
    this.commands.takeBackSlice();
    this.streams.takeBackSlice();
    this.commands.removeAfter(this.#durable);
    this.streams.removeAfter(this.#durable);
  }

  /** After a loss: a commit that reported an error may have reached the file all the same. */
  readAgain(): void {
    this.#commandsUpTo = this.#durable;
    if (this.#streamsUpTo !== Number.POSITIVE_INFINITY) this.#streamsUpTo = this.#durable;
    this.#readOn();
    this.#durable = this.#commandsUpTo;
  }

  /** Called inside a transaction that appends nothing, before the store is closed: the next opening is fast then. */
  sortAll(lastPosition: number): void {
    this.commands.sortAll(lastPosition);
    this.streams.sortAll(lastPosition);
  }

  #readOn(): void {
    for (const row of this.#readTail.iterate(Math.min(this.#commandsUpTo, this.#streamsUpTo))) {
      const [position, stream, revision, metadata] = row as unknown as [number, number, number, unknown];
      if (position > this.#streamsUpTo) {
        this.streams.add(stream, revision, position);
        this.#streamsUpTo = position;
      }
      if (position > this.#commandsUpTo) {
        const commandId = recordOf(metadata);
        if (commandId !== undefined) this.commands.add(commandId, position);
        this.#commandsUpTo = position;
      }
    }
  }
}
