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
import { recordOf } from './command-index.ts';
import type { EventRow, EventStatements } from './event-statements.ts';
import { prepareEventStatements, storedEvent } from './event-statements.ts';
import { GroupCommit } from './group-commit.ts';
import { HeldPages } from './held-pages.ts';
import { LogIndexes } from './log-indexes.ts';
import type { ShareOptions } from './log-scan.ts';
import { LogScan } from './log-scan.ts';
import { openDatabase, writeFirstPage } from './open-database.ts';
import { asLedgerError } from './sqlite-error.ts';
import { integrityOf } from './sqlite-integrity.ts';
import { SqliteSnapshots } from './sqlite-snapshots.ts';
import { StreamTable } from './stream-table.ts';
import { subscription } from './subscription.ts';
import { keepTimesByStream, timesByStreamUpTo } from './times-by-stream.ts';
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
  readonly #streams: StreamTable;
  readonly #commits: GroupCommit;
  readonly #indexes: LogIndexes;
  readonly #statements: EventStatements;
  readonly snapshots: SqliteSnapshots;
  readonly atOnce: StoreAtOnce = {
    head: (stream) => this.#head(stream),
    commandRecord: (commandId) => this.#commandRecord(commandId),
    append: (stream, expected, events) => this.#append(stream, expected, events),
  };
  readonly #scan: LogScan;
  #last: number;
  #closed = false;
  readonly #observer: LedgerObserver | undefined;
  #appends = 0;
  #observedUpTo: number;
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
      this.#streams = new StreamTable(database, { alone: !this.#readOnly });
      this.#scan = new LogScan(database, this.#streams);
      this.#last = this.#lastPosition();
      this.#observedUpTo = this.#last;
      this.#indexes = new LogIndexes(database, this.#statements, {
        readOnly: this.#readOnly,
        lastPosition: this.#last,
      });
      this.snapshots = new SqliteSnapshots(database, { readOnly: this.#readOnly });
    } catch (error) {
      database?.close();
      this.#lock?.release();
      throw asLedgerError(error, file);
    }
    this.#commits = new GroupCommit(this.#database, {
      beforeCommit: () => {
        this.#streams.writeHeads();
        this.#indexes.sortSlices();
        this.snapshots.writeWaiting();
      },
      afterLoss: () => {
        this.#indexes.takeBack();
        this.snapshots.forget();
        this.#streams.forget();
        this.#last = this.#lastPosition();
        this.#indexes.readAgain();
        this.#appends = 0;
      },
      afterCommit: () => {
        this.#indexes.keep(this.#last);
        this.#tellObserver();
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
    const head = this.#guarded(() => this.#streams.headOf(stream));
    const actual = head?.revision ?? NO_STREAM;
    if (actual !== expected) {
      const before = this.#read(stream, expected + 1, events.length);
      if (isSameAppend(before, events)) return;
      this.#observer?.conflicted();
      throw new ConflictError(stream, expected, actual);
    }
    if (events.length === 0) return;
    for (const { recordOf } of events) {
      if (recordOf !== undefined && this.#indexes.commands.isRecent(recordOf)) throw new CommandRecordedError(recordOf);
    }
    this.#commits.run(() => this.#insert(stream, expected, events));
    this.#appends += 1;
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
    return this.#guarded(work);
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
      const number = this.#streams.numberOf(stream);
      if (number === undefined) return [];
      if (this.#readOnly) this.#indexes.follow();
      return this.#indexes.streams.read(number, from, limit).map((row) => storedEvent(row, stream));
    });
  }

  async head(stream: string): Promise<StreamHead | undefined> {
    return this.#head(stream);
  }

  #head(stream: string): StreamHead | undefined {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#streams.headOf(stream));
  }

  async *heads(): AsyncIterable<StreamHead> {
    this.#refuseWhenClosed();
    try {
      for (const head of this.#streams.heads()) yield head;
    } catch (error) {
      throw asLedgerError(error, this.#file);
    }
  }

  async readAll({ after, limit }: Paging): Promise<Page<StoredEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      const rows = this.#statements.readAll.all(Number(after ?? 0), limit) as unknown as EventRow[];
      const events = rows.map((row) => storedEvent(row, this.#streamOf(row)));
      return { events, last: events.at(-1)?.position };
    });
  }

  async scan({ after, limit }: Paging): Promise<Page<ScannedEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      return this.#scan.all(after, limit);
    });
  }

  async scanShare(options: ShareOptions): Promise<Page<ScannedEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#scan.share(options));
  }

  async divide(pairs: number): Promise<readonly (readonly [StreamPart, StreamPart])[]> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#scan.divide(pairs));
  }

  async whileReadingAll<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.#refuseWhenClosed();
    return this.#pages.whileReadingAll(work);
  }

  async readShare(options: ShareOptions): Promise<Page<AnnotatedEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#scan.annotatedShare(options));
  }

  async at(position: Position): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#eventAt(Number(position)));
  }

  async countAfter(position: Position = '0'): Promise<number> {
    this.#refuseWhenClosed();
    // Positions have no gaps, which `integrity` checks, so the count is a difference and not a scan.
    return this.#guarded(() => this.#lastPosition()) - Number(position);
  }

  async last(): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#eventAt(this.#lastPosition()));
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
    return this.#guarded(() => {
      // A writer knows its own commands; a reader looks for those that have come since.
      if (this.#readOnly) this.#indexes.follow();
      for (const position of this.#indexes.commands.candidates(commandId)) {
        const row = this.#statements.at.get(position) as EventRow | undefined;
        if (row === undefined) continue;
        if (recordOf(row[5]) === commandId) return storedEvent(row, this.#streams.nameOf(row[1]));
      }
      return undefined;
    });
  }

  get timesByStreamUpTo(): Instant | undefined {
    this.#refuseWhenClosed();
    return this.#guarded(() => timesByStreamUpTo(this.#database));
  }

  keepTimesByStream(upTo: Instant): void {
    this.#refuseWhenClosed();
    this.#commits.run(() => keepTimesByStream(this.#database, upTo));
  }

  async probe(): Promise<void> {
    this.#refuseWhenClosed();
    if (this.#readOnly) throw new LedgerError('ledger.read_only', 'the ledger was opened for questions alone');
    this.#commits.commitNow();
    this.#guarded(() => writeFirstPage(this.#database));
  }

  async integrity(): Promise<readonly string[]> {
    this.#refuseWhenClosed();
    return integrityOf(this.#database);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#commits.flush();
      if (!this.#readOnly) {
        this.#commits.run(() => this.#indexes.sortAll(this.#last));
        await this.#commits.flush();
      }
    } finally {
      this.#closed = true;
      this.#commits.stop();
      this.#database.close();
      this.#lock?.release();
    }
  }

  #insert(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): void {
    const number = this.#streams.numberOf(stream) ?? this.#streams.create(stream);
    let revision = expected;
    for (const { id, type, metadata, data, hash, recordOf } of events) {
      revision += 1;
      const position = this.#last + 1;
      this.#statements.insert.run(position, number, revision, id, type, metadata, data, hash);
      this.#last = position;
      this.#indexes.streams.add(number, revision, position);
      if (recordOf !== undefined) this.#indexes.commands.add(recordOf, position);
    }
    this.#streams.setHead(stream, revision, events.at(-1)?.hash ?? '');
  }

  #tellObserver(): void {
    // A transaction without appends is the store's own housekeeping.
    if (this.#appends > 0)
      this.#observer?.committed({ appends: this.#appends, events: this.#last - this.#observedUpTo });
    this.#appends = 0;
    this.#observedUpTo = this.#last;
  }

  #streamOf([position, number, revision]: EventRow): string {
    try {
      return this.#streams.nameInLog(number);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      throw new LedgerError(error.code, `position ${position}, revision ${revision}: ${error.message}`, {
        cause: error,
      });
    }
  }

  #eventAt(position: number): StoredEvent | undefined {
    const row = this.#statements.at.get(position) as EventRow | undefined;
    return row === undefined ? undefined : storedEvent(row, this.#streams.nameOf(row[1]));
  }

  #lastPosition(): number {
    return Number(this.#statements.last.get()?.last ?? 0);
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
