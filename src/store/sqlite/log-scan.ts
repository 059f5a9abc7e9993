import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Position } from '../../events/envelope.ts';
import type { AnnotatedEvent, EventStoreInHalves, Page, ScannedEvent, StreamPart } from '../event-store.ts';
import type { StreamTable } from './stream-table.ts';

/** Which part of the log, and how much of it. */
export type ShareOptions = Parameters<EventStoreInHalves['scanShare']>[0];

/** The columns that read models are built from. */
type ScanRow = readonly [position: number, stream: number, revision: number, type: string, data: string];

type AnnotatedRow = readonly [...ScanRow, metadata: string];

const COLUMNS = 'position, stream, revision, type, data';

/** Reads the log from one end to the other, only what read models are built from. */
export class LogScan {
  readonly #database: DatabaseSync;
  readonly #streams: StreamTable;
  readonly #all: StatementSync;
  /** One statement for each list of columns and number of types that are asked for. */
  readonly #shares = new Map<string, StatementSync>();

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
  share(options: ShareOptions): Page<ScannedEvent> {
    return this.#page(this.#rowsOfShare(COLUMNS, options) as unknown as ScanRow[]);
  }

  /** The same with metadata. */
  annotatedShare(options: ShareOptions): Page<AnnotatedEvent> {
    const rows = this.#rowsOfShare(`${COLUMNS}, metadata`, options) as unknown as AnnotatedRow[];
    const { events, last } = this.#page(rows);
    return { events: events.map((event, index) => ({ ...event, metadata: rows[index]?.[5] ?? '' })), last };
  }

  #rowsOfShare(columns: string, { after, upTo, limit, share }: ShareOptions): unknown {
    const { half, from, until, andTypes } = share;
    const key = `${columns} ${andTypes.length}`;
    const statement = this.#shares.get(key) ?? this.#prepareShare(columns, andTypes.length);
    this.#shares.set(key, statement);
    const [mask, rest] = half === 'both' ? [0, 0] : [1, half];
    return statement.all(Number(after ?? 0), Number(upTo), mask, rest, from, until, ...andTypes, limit);
  }

  #page(rows: readonly (ScanRow | AnnotatedRow)[]): Page<ScannedEvent> {
    const events = rows.map(([, number, revision, type, data]) => ({
      stream: this.#streams.nameInLog(number),
      streamNumber: number,
      revision,
      type,
      data,
    }));
    const last = rows.at(-1)?.[0];
    return { events, last: last === undefined ? undefined : String(last) };
  }

  #prepareShare(columns: string, types: number): StatementSync {
    const ofTypes = Array.from({ length: types }, () => ' OR type = ?').join('');
    return this.#prepare(
      `SELECT ${columns} FROM event WHERE position > ? AND position <= ?
       AND ((stream & ?) = ? AND stream >= ? AND stream < ?${ofTypes}) ORDER BY position LIMIT ?`,
    );
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }
}
