import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Snapshot } from '../event-store.ts';
import type { EventRow } from './event-statements.ts';
import type { LogBatch, SortedSlice } from './log-batch.ts';
import { LOG_CHECK_START, nextLogCheck } from './log-check.ts';

interface LogEnd {
  readonly position: number;
  readonly check: number;
}

/** Writes batches in the order of the log, and marks its last event, so that an end that was cut off is missed. */
export class BatchWriter {
  readonly #database: DatabaseSync;
  readonly #insertStream: StatementSync;
  readonly #insertEvent: StatementSync;
  readonly #goesOn: StatementSync;
  readonly #insertCommand: StatementSync;
  readonly #insertPlace: StatementSync;
  readonly #updateHead: StatementSync;
  readonly #putSnapshot: StatementSync;
  readonly #set: StatementSync;
  /** Undefined where it has to be read from the file. */
  #end: LogEnd | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insertStream = database.prepare("INSERT INTO stream(number, name, revision, hash) VALUES (?, ?, -1, '')");
    this.#insertEvent = database.prepare(
      `INSERT INTO event(position, stream, revision, id, type, metadata, data, hash, log_check, is_last)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#goesOn = database.prepare('UPDATE event SET is_last = 0 WHERE position = ?');
    this.#insertCommand = database.prepare('INSERT OR IGNORE INTO command_index(key, position) VALUES (?, ?)');
    this.#insertPlace = database.prepare(
      'INSERT OR IGNORE INTO stream_index(stream, revision, position) VALUES (?, ?, ?)',
    );
    this.#updateHead = database.prepare('UPDATE stream SET revision = ?, hash = ? WHERE number = ?');
    this.#putSnapshot = database.prepare('INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?, ?, ?)');
    this.#set = database.prepare('INSERT OR REPLACE INTO setting(name, value) VALUES (?, ?)');
  }

  /** Called inside a transaction. */
  write({ streams, events, slices, snapshots, settings }: LogBatch): void {
    for (const [number, name] of streams) this.#insertStream.run(number, name);
    this.#writeEvents(events);
    for (const slice of slices) this.#writeSlice(slice);
    for (const snapshot of snapshots) this.#writeSnapshot(snapshot);
    for (const [name, value] of settings) this.#set.run(name, value);
  }

  /** The open transaction was lost: where the log ends has to be read again. */
  forget(): void {
    this.#end = undefined;
  }

  #writeEvents(events: readonly EventRow[]): void {
    const last = events.length - 1;
    if (last < 0) return;
    let { position: end, check } = this.#end ?? this.#readEnd();
    if (end > 0) this.#goesOn.run(end);
    for (let index = 0; index <= last; index += 1) {
      const [position, stream, revision, id, type, metadata, data, hash] = events[index] as EventRow;
      check = nextLogCheck(check, hash);
      const isLast = index === last ? 1 : 0;
      this.#insertEvent.run(position, stream, revision, id, type, metadata, data, hash, check, isLast);
      end = position;
    }
    this.#end = { position: end, check };
  }

  /** By index: the pairs of an iterator would be garbage for every entry. */
  #writeSlice(slice: SortedSlice): void {
    switch (slice.table) {
      case 'command_index':
        for (let index = 0; index < slice.keys.length; index += 1) {
          this.#insertCommand.run(slice.keys[index] ?? 0, slice.positions[index] ?? 0);
        }
        return;
      case 'stream_index':
        for (let index = 0; index < slice.streams.length; index += 1) {
          const revision = slice.revisions[index] ?? 0;
          this.#insertPlace.run(slice.streams[index] ?? 0, revision, slice.positions[index] ?? 0);
        }
        return;
      case 'stream':
        for (let index = 0; index < slice.numbers.length; index += 1) {
          const hash = slice.hashes[index] ?? '';
          this.#updateHead.run(slice.revisions[index] ?? 0, hash, slice.numbers[index] ?? 0);
        }
    }
  }

  #writeSnapshot({ stream, revision, hash, version, state, digest }: Snapshot): void {
    this.#putSnapshot.run(stream, revision, hash, version, state, digest);
  }

  #readEnd(): LogEnd {
    const end = 'SELECT position, log_check, is_last FROM event ORDER BY position DESC LIMIT 1';
    const { position = 0, log_check, is_last } = this.#database.prepare(end).get() ?? {};
    // After an end that was cut off the check begins anew: else the loss would show no more once others follow.
    return { position: Number(position), check: is_last === 1 ? Number(log_check) : LOG_CHECK_START };
  }
}
