import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Position } from '../../events/envelope.ts';
import type { EventStoreInHalves, Page, ScannedEvent, StreamPart } from '../event-store.ts';
import type { StreamTable } from './stream-table.ts';

/** Which part of the log, and how much of it. */
export type ShareOptions = Parameters<EventStoreInHalves['scanShare']>[0];

/** The columns that read models are built from. */
type ScanRow = readonly [position: number, stream: number, revision: number, type: string, data: string];

const COLUMNS = 'position, stream, revision, type, data';

/** Reads the log from one end to the other, only what read models are built from. */
export class LogScan {
  readonly #database: DatabaseSync;
  readonly #streams: StreamTable;
  readonly #all: StatementSync;
  /** One statement for each number of types that are asked for. */
  readonly #shares = new Map<number, StatementSync>();

  constructor(database: DatabaseSync, streams: StreamTable) {
    this.#database = database;
    this.#streams = streams;
    this.#all = this.#prepare(`SELECT ${COLUMNS} FROM event WHERE position > ? ORDER BY position LIMIT ?`);
  }

  /** A page of the whole log. */
  all(after: Position | undefined, limit: number): Page<ScannedEvent> {
    return this.#page(this.#all.all(Number(after ?? 0), limit) as unknown as ScanRow[]);
  }

  /**
   * Pairs of parts by ranges of the streams' numbers, whose rows stand side by side in the tables of read models; each
   * pair holds the even and the odd ones, since streams that came together have about as many events.
   */
  divide(pairs: number): readonly (readonly [StreamPart, StreamPart])[] {
    const each = Math.ceil(this.#streams.lastNumber / pairs);
    return Array.from({ length: pairs }, (_, pair) => {
      const from = pair * each + 1;
      const until = pair === pairs - 1 ? Number.MAX_SAFE_INTEGER : from + each;
      return [
        { half: 0, from, until },
        { half: 1, from, until },
      ];
    });
  }

  /** A page of one part of the streams; the rows of the others are passed without being read. */
  share({ after, upTo, limit, share: { half, from, until, andTypes } }: ShareOptions): Page<ScannedEvent> {
    const statement = this.#shares.get(andTypes.length) ?? this.#prepareShare(andTypes.length);
    const asked = [Number(after ?? 0), Number(upTo), half, from, until, ...andTypes, limit];
    return this.#page(statement.all(...asked) as unknown as ScanRow[]);
  }

  #page(rows: readonly ScanRow[]): Page<ScannedEvent> {
    const events = rows.map(([, number, revision, type, data]) => ({
      stream: this.#streams.nameInLog(number),
      revision,
      type,
      data,
    }));
    const last = rows.at(-1)?.[0];
    return { events, last: last === undefined ? undefined : String(last) };
  }

  #prepareShare(types: number): StatementSync {
    const ofTypes = Array.from({ length: types }, () => ' OR type = ?').join('');
    const statement = this.#prepare(
      `SELECT ${COLUMNS} FROM event
       WHERE position > ? AND position <= ? AND ((stream & 1) = ? AND stream >= ? AND stream < ?${ofTypes}) ORDER BY position LIMIT ?`,
    );
    this.#shares.set(types, statement);
    return statement;
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }
}
