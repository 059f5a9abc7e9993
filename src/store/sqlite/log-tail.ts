import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { COMMANDS_SORTED, type CommandIndex, recordOf } from './command-index.ts';
import { hasStreamIndex } from './event-statements.ts';
import { sortedUpTo, WAITING_AT_MOST } from './sliced-sorting.ts';
import { EVENTS_SORTED, type StreamIndex } from './stream-index.ts';

/** A reader beside a writer lets go of what has been sorted in when so many events wait in its memory. */
const WAITING_BESIDE_A_WRITER = 4 * WAITING_AT_MOST;

/**
 * The events at the end of the log that are in no index of the file yet. Whoever opens it reads them once; a reader
 * beside a writer goes on reading, and so does a writer to whom a transaction seemed lost that was not.
 */
export class LogTail {
  readonly #database: DatabaseSync;
  readonly #commands: CommandIndex;
  readonly #events: StreamIndex;
  readonly #read: StatementSync;
  #commandsUpTo: number;
  #eventsUpTo: number;

  constructor(database: DatabaseSync, indexes: { readonly commands: CommandIndex; readonly events: StreamIndex }) {
    this.#database = database;
    this.#commands = indexes.commands;
    this.#events = indexes.events;
    this.#read = database.prepare(
      'SELECT position, stream, revision, metadata FROM event WHERE position > ? ORDER BY position',
    );
    this.#read.setReturnArrays(true);
    this.#commandsUpTo = sortedUpTo(database, COMMANDS_SORTED);
    // In a file of version 1 every event is in the index of SQLite's own.
    this.#eventsUpTo = hasStreamIndex(database) ? sortedUpTo(database, EVENTS_SORTED) : Number.POSITIVE_INFINITY;
  }

  /** Takes what has come since into the indexes. */
  readOn(): void {
    const rows = this.#read.iterate(Math.min(this.#commandsUpTo, this.#eventsUpTo));
    for (const row of rows) {
      const [position, stream, revision, metadata] = row as unknown as [number, number, number, unknown];
      if (position > this.#eventsUpTo) {
        this.#events.add(stream, revision, position);
        this.#eventsUpTo = position;
      }
      if (position > this.#commandsUpTo) {
        const commandId = recordOf(metadata);
        if (commandId !== undefined) this.#commands.add(commandId, position);
        this.#commandsUpTo = position;
      }
    }
  }

  /** For a reader: the same, without remembering all that a writer ever writes beside it. */
  follow(): void {
    this.readOn();
    if (this.#events.waiting < WAITING_BESIDE_A_WRITER) return;
    this.#events.removeUpTo(sortedUpTo(this.#database, EVENTS_SORTED));
  }

  /** For a writer: the indexes know of everything up to here by themselves, and of nothing after it. */
  goOnFrom(position: number): void {
    this.#commandsUpTo = position;
    if (this.#eventsUpTo !== Number.POSITIVE_INFINITY) this.#eventsUpTo = position;
  }
}
