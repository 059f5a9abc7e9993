import type { DatabaseSync } from 'node:sqlite';
import type { NewEvent, Position, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type { Instant } from '../../kernel/instant.ts';
import type {
  AnnotatedEvent,
  EventStoreInHalves,
  ExpectedRevision,
  LedgerObserver,
  Page,
  ScannedEvent,
  StoreAtOnce,
  StreamHead,
  StreamPart,
} from '../event-store.ts';
import { CommandRecordedError, ConflictError, isSameAppend, NO_STREAM } from '../event-store.ts';
import { Checkpoints } from './checkpoints.ts';
import { recordOf } from './command-index.ts';
import type { EventRow, EventStatements } from './event-statements.ts';
import { prepareEventStatements, storedEvent } from './event-statements.ts';
import { GroupCommit } from './group-commit.ts';
import { HeldPages } from './held-pages.ts';
import type { Head } from './late-heads.ts';
import type { LogBatch } from './log-batch.ts';
import type { LogInMemory } from './log-in-memory.ts';
import { addEvents, lastPosition, readLog } from './log-in-memory.ts';
import type { ShareOptions } from './log-scan.ts';
import { openDatabase, writeFirstPage } from './open-database.ts';
import { asLedgerError } from './sqlite-error.ts';
import { integrityOf } from './sqlite-integrity.ts';
import { SqliteSnapshots } from './sqlite-snapshots.ts';
import type { StreamTable } from './stream-table.ts';
import { subscription } from './subscription.ts';
import { TIMES_BY_STREAM, timesByStreamUpTo } from './times-by-stream.ts';
import type { WriterLock } from './writer-lock.ts';
import { lockForWriting } from './writer-lock.ts';

interface Paging {
  readonly after?: Position | undefined;
  readonly limit: number;
}

/** The event store of the embedded default: one SQLite file, one writing process, any number of readers. */
export class SqliteEventStore implements EventStoreInHalves {
  /** One process writes a file at a time. */
  readonly shared = false;
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #lock: WriterLock | undefined;
  readonly #readOnly: boolean;
  readonly #commits: GroupCommit;
  readonly #checkpoints: Checkpoints | undefined;
  readonly #statements: EventStatements;
  readonly snapshots: SqliteSnapshots;
  readonly atOnce: StoreAtOnce = {
    isSettled: () => !this.#closed && this.#commits.isSettled,
    head: (stream) => this.#head(stream),
    commandRecord: (commandId) => this.#commandRecord(commandId),
    append: (stream, expected, events) => this.#append(stream, expected, events),
    settled: () => (this.#closed ? this.settled() : this.#commits.settledSoon()),
  };
  /** Undefined after a loss, until the file has been read again. */
  #log: LogInMemory | undefined;
  #closed = false;
  #closing: Promise<void> | undefined;
  readonly #observer: LedgerObserver | undefined;
  readonly #pages: HeldPages;

  constructor(
    file: string,
    options: {
      readonly readOnly?: boolean;
      readonly mapped?: boolean;
      readonly observer?: LedgerObserver | undefined;
    } = {},
  ) {
    this.#file = file;
    this.#observer = options.observer;
    this.#readOnly = options.readOnly ?? false;
    this.#lock = this.#readOnly || file === ':memory:' ? undefined : lockForWriting(file);
    let database: DatabaseSync | undefined;
    try {
      database = openDatabase(file, { readOnly: this.#readOnly });
      this.#database = database;
      this.#pages = new HeldPages(database, { mapped: options.mapped ?? true });
      this.#statements = prepareEventStatements(database);
      this.snapshots = new SqliteSnapshots(database, { readOnly: this.#readOnly });
      this.#log = this.#readLog();
    } catch (error) {
      database?.close();
      this.#lock?.release();
      throw asLedgerError(error, file);
    }
    this.#checkpoints = this.#readOnly || file === ':memory:' ? undefined : new Checkpoints(this.#database, file);
    this.#commits = new GroupCommit(this.#database, {
      complete: (batch) => {
        const { indexes, last } = this.#inMemory();
        indexes.addSlicesTo(batch, last);
        this.snapshots.addTo(batch);
      },
      durable: (batches, appends) => {
        for (const batch of batches) {
          this.#inMemory().indexes.keep(batch);
          this.snapshots.keep(batch);
        }
        this.#checkpoints?.committed(batches);
        this.#tellObserver(batches, appends);
      },
      lost: () => {
        this.snapshots.forget();
        this.#log = undefined;
      },
      explain: (error) => asLedgerError(error, file),
    });
  }

  get losses(): number {
    return this.#commits.losses;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<void> {
    this.#append(stream, expected, events);
  }

  #append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): void {
    this.#refuseWhenClosed();
    if (this.#readOnly) throw new LedgerError('store.unreadable', `${this.#file} was opened to be read`);
    const head = this.#head(stream);
    const actual = head?.revision ?? NO_STREAM;
    if (actual !== expected) {
      const before = this.#read(stream, expected + 1, events.length);
      if (isSameAppend(before, events)) return;
      this.#observer?.conflicted();
      throw new ConflictError(stream, expected, actual);
    }
    if (events.length === 0) return;
    const log = this.#guarded(() => this.#inMemory());
    for (const { recordOf } of events) if (recordOf !== undefined) this.#refuseRecorded(recordOf, log);
    addEvents(log, { stream, head, events, batch: this.#commits.batch });
    this.#commits.appended();
  }

  #refuseRecorded(commandId: string, { indexes }: LogInMemory): void {
    const recent = indexes.commands.recent(commandId);
    if (recent.length === 0) return;
    if (this.#guarded(() => this.#recordAmong(recent, commandId)) !== undefined) {
      throw new CommandRecordedError(commandId);
    }
  }

  /** Not an async function: every command in flight waits for this promise, and wrapping it would cost each some turns. */
  settled(): Promise<void> {
    return this.#closed ? Promise.reject(this.#closedError()) : this.#commits.settled();
  }

  async flush(): Promise<void> {
    this.#refuseWhenClosed();
    return this.#commits.flush();
  }

  betweenAppends<Answer>(work: () => Answer): Answer {
    this.#refuseWhenClosed();
    this.#commits.commitNow();
    const answer = this.#guarded(work);
    this.#checkpoints?.othersCommitted();
    return answer;
  }

  get checkpointedFile(): string | undefined {
    return this.#checkpoints?.countsOthers === true ? this.#file : undefined;
  }

  async read(
    stream: string,
    { from = 0, limit = -1 }: { readonly from?: number; readonly limit?: number } = {},
  ): Promise<readonly StoredEvent[]> {
    return this.#read(stream, from, limit);
  }

  #read(stream: string, from: number, limit: number): readonly StoredEvent[] {
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      const { streams, indexes } = this.#shown();
      const number = streams.numberOf(stream);
      return number === undefined
        ? []
        : indexes.streams.read(number, from, limit).map((row) => storedEvent(row, stream));
    });
  }

  async head(stream: string): Promise<StreamHead | undefined> {
    const head = this.#head(stream);
    return head === undefined ? undefined : { stream, revision: head.revision, hash: head.hash };
  }

  /** Guarded by hand, since every command asks several times and a function to be called each time is garbage. */
  #head(stream: string): Head | undefined {
    this.#refuseWhenClosed();
    try {
      return this.#inMemory().streams.headOf(stream);
    } catch (error) {
      throw asLedgerError(error, this.#file);
    }
  }

  async *heads(): AsyncIterable<StreamHead> {
    this.#refuseWhenClosed();
    try {
      for (const head of this.#shown().streams.heads()) yield head;
    } catch (error) {
      throw asLedgerError(error, this.#file);
    }
  }

  async readAll({ after, limit }: Paging): Promise<Page<StoredEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      const { streams } = this.#shown();
      const rows = this.#statements.readAll.all(Number(after ?? 0), limit) as unknown as EventRow[];
      const events = rows.map((row) => storedEvent(row, streamOf(row, streams)));
      return { events, last: events.at(-1)?.position };
    });
  }

  async scan({ after, limit }: Paging): Promise<Page<ScannedEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#shown().scan.all(after, limit));
  }

  async scanShare(options: ShareOptions): Promise<Page<ScannedEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#shown().scan.share(options));
  }

  async divide(pairs: number): Promise<readonly (readonly [StreamPart, StreamPart])[]> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#shown().scan.divide(pairs));
  }

  async whileReadingAll<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.#refuseWhenClosed();
    return this.#pages.whileReadingAll(work);
  }

  async readShare(options: ShareOptions): Promise<Page<AnnotatedEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#shown().scan.annotatedShare(options));
  }

  async at(position: Position): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#eventAt(Number(position)));
  }

  async countAfter(position: Position = '0'): Promise<number> {
    this.#refuseWhenClosed();
    // Positions have no gaps, which `integrity` checks, so the count is a difference and not a scan.
    return this.#guarded(() => this.#lastShown()) - Number(position);
  }

  async last(): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#eventAt(this.#lastShown()));
  }

  async *subscribe(options: { readonly after?: Position; readonly signal: AbortSignal }): AsyncIterable<StoredEvent> {
    this.#refuseWhenClosed();
    yield* subscription(this, options);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  async commandRecord(commandId: string): Promise<StoredEvent | undefined> {
    return this.#commandRecord(commandId);
  }

  #commandRecord(commandId: string): StoredEvent | undefined {
    this.#refuseWhenClosed();
    try {
      const { indexes, streams } = this.#inMemory();
      const row = this.#recordAmong(indexes.commands.candidates(commandId), commandId);
      return row === undefined ? undefined : storedEvent(row, streams.nameOf(row[1]));
    } catch (error) {
      throw asLedgerError(error, this.#file);
    }
  }

  /** Different ids may share a key of the index, so only the event tells whose record it is. */
  #recordAmong(positions: readonly number[], commandId: string): EventRow | undefined {
    if (positions.length === 0) return undefined;
    this.#commits.show();
    for (const position of positions) {
      const row = this.#rowAt(position);
      if (row !== undefined && recordOf(row[5]) === commandId) return row;
    }
    return undefined;
  }

  get timesByStreamUpTo(): Instant | undefined {
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      this.#commits.show();
      return timesByStreamUpTo(this.#database);
    });
  }

  keepTimesByStream(upTo: Instant): void {
    this.#refuseWhenClosed();
    this.#commits.batch.settings.push([TIMES_BY_STREAM, upTo]);
  }

  async probe(): Promise<void> {
    this.#refuseWhenClosed();
    if (this.#readOnly) throw new LedgerError('ledger.read_only', 'the ledger was opened for questions alone');
    this.#commits.commitNow();
    this.#guarded(() => writeFirstPage(this.#database));
  }

  async integrity(): Promise<readonly string[]> {
    this.#refuseWhenClosed();
    this.#guarded(() => this.#shown());
    return integrityOf(this.#database);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#commits.flush();
      // Twice, since what is being sorted in comes before what has gathered since.
      for (let times = 0; times < 2 && !this.#readOnly; times += 1) {
        const { indexes, last } = this.#inMemory();
        indexes.addAllTo(this.#commits.batch, last);
        await this.#commits.flush();
      }
    } finally {
      this.#closed = true;
      this.#commits.stop(this.#closedError());
      await this.#checkpoints?.close();
      this.#database.close();
      this.#lock?.release();
    }
  }

  #tellObserver(batches: readonly LogBatch[], appends: number): void {
    // A transaction without appends is the store's own housekeeping.
    if (appends === 0) return;
    const events = batches.reduce((sum, batch) => sum + batch.events.length, 0);
    this.#observer?.committed({ appends, events });
  }

  #eventAt(position: number): StoredEvent | undefined {
    const { streams } = this.#shown();
    const row = this.#rowAt(position);
    return row === undefined ? undefined : storedEvent(row, streams.nameOf(row[1]));
  }

  #rowAt(position: number): EventRow | undefined {
    return this.#statements.at.get(position) as EventRow | undefined;
  }

  #lastShown(): number {
    this.#shown();
    return lastPosition(this.#statements);
  }

  /** What is known of the log, for whoever asks the file as well: everything appended so far is in it. */
  #shown(): LogInMemory {
    this.#commits.show();
    return this.#inMemory();
  }

  /** A writer knows what it has appended; a reader looks at what has come since. */
  #inMemory(): LogInMemory {
    if (this.#log === undefined) this.#log = this.#readLog();
    else if (this.#readOnly) this.#log.indexes.follow();
    return this.#log;
  }

  #readLog(): LogInMemory {
    return readLog(this.#database, {
      readOnly: this.#readOnly,
      statements: this.#statements,
      at: (position) => this.#rowAt(position),
    });
  }

  #guarded<Answer>(question: () => Answer): Answer {
    try {
      return question();
    } catch (error) {
      throw asLedgerError(error, this.#file);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw this.#closedError();
  }

  #closedError(): LedgerError {
    return new LedgerError('ledger.closed', `${this.#file} has been closed`);
  }
}

function streamOf([position, number, revision]: EventRow, streams: StreamTable): string {
  try {
    return streams.nameInLog(number);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new LedgerError(error.code, `position ${position}, revision ${revision}: ${error.message}`, {
      cause: error,
    });
  }
}
