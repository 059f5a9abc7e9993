import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import type { NewEvent, Position, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type { EventStoreInHalves, ExpectedRevision, Page, ScannedEvent, StreamHead } from '../event-store.ts';
import { CommandRecordedError, ConflictError, isSameAppend, NO_STREAM } from '../event-store.ts';
import { CommandIndex, recordOf, sortedUpTo } from './command-index.ts';
import type { EventRow, EventStatements } from './event-statements.ts';
import { prepareEventStatements, storedEvent } from './event-statements.ts';
import { GroupCommit } from './group-commit.ts';
import type { ShareOptions } from './log-scan.ts';
import { LogScan } from './log-scan.ts';
import { openDatabase } from './open-database.ts';
import { asLedgerError } from './sqlite-error.ts';
import { integrityOf } from './sqlite-integrity.ts';
import { SqliteSnapshots } from './sqlite-snapshots.ts';
import { StreamTable } from './stream-table.ts';
import type { WriterLock } from './writer-lock.ts';
import { lockForWriting } from './writer-lock.ts';

/** How long a subscription sleeps when it has reached the end of the log. */
const SUBSCRIPTION_PAUSE = 20;

/** The event store of the embedded default: one SQLite file, one writing process, any number of readers. */
export class SqliteEventStore implements EventStoreInHalves {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #lock: WriterLock | undefined;
  readonly #readOnly: boolean;
  readonly #streams: StreamTable;
  readonly #commits: GroupCommit;
  readonly #commands: CommandIndex;
  readonly #statements: EventStatements;
  readonly snapshots: SqliteSnapshots;
  readonly #scan: LogScan;
  #last: number;
  #indexedUpTo = 0;
  #closed = false;

  constructor(file: string, options: { readonly readOnly?: boolean; readonly mapped?: boolean } = {}) {
    this.#file = file;
    this.#readOnly = options.readOnly ?? false;
    this.#lock = this.#readOnly || file === ':memory:' ? undefined : locked(file);
    let database: DatabaseSync | undefined;
    try {
      database = openDatabase(file, { readOnly: this.#readOnly, mapped: options.mapped });
      this.#database = database;
      this.#statements = prepareEventStatements(database);
      this.#streams = new StreamTable(database, { alone: !this.#readOnly });
      this.#scan = new LogScan(database, this.#streams);
      this.#commands = new CommandIndex(database);
      this.snapshots = new SqliteSnapshots(database, { readOnly: this.#readOnly });
      this.#last = this.#lastPosition();
      this.#indexTail();
    } catch (error) {
      database?.close();
      this.#lock?.release();
      throw asLedgerError(error, file);
    }
    this.#commits = new GroupCommit(this.#database, {
      beforeCommit: () => {
        this.#streams.writeHeads();
        this.#commands.sortSlice(this.#last);
        this.snapshots.writeWaiting();
      },
      afterLoss: () => {
        this.#streams.forget();
        this.#commands.takeBackSlice();
        this.snapshots.forget();
        this.#last = this.#lastPosition();
      },
      afterCommit: () => this.#commands.keepSlice(),
      explain: (error) => asLedgerError(error, file),
    });
  }

  get losses(): number {
    return this.#commits.losses;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<void> {
    this.#refuseWhenClosed();
    const head = this.#guarded(() => this.#streams.headOf(stream));
    const actual = head?.revision ?? NO_STREAM;
    if (actual !== expected) {
      const before = await this.read(stream, { from: expected + 1, limit: events.length });
      if (isSameAppend(before, events)) return;
      throw new ConflictError(stream, expected, actual);
    }
    if (events.length === 0) return;
    for (const { recordOf } of events) {
      if (recordOf !== undefined && this.#commands.isRecent(recordOf)) throw new CommandRecordedError(recordOf);
    }
    this.#commits.run(() => this.#insert(stream, expected, events));
  }

  async settled(): Promise<void> {
    this.#refuseWhenClosed();
    return this.#commits.settled();
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
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      const number = this.#streams.numberOf(stream);
      if (number === undefined) return [];
      const rows = this.#statements.read.all(number, from, limit) as unknown as EventRow[];
      return rows.map((row) => storedEvent(row, stream));
    });
  }

  async head(stream: string): Promise<StreamHead | undefined> {
    return this.headAtOnce(stream);
  }

  headAtOnce(stream: string): StreamHead | undefined {
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

  async readAll({
    after,
    limit,
  }: {
    readonly after?: Position | undefined;
    readonly limit: number;
  }): Promise<Page<StoredEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      const rows = this.#statements.readAll.all(Number(after ?? 0), limit) as unknown as EventRow[];
      const events = rows.map((row) => storedEvent(row, this.#streamOf(row)));
      return { events, last: events.at(-1)?.position };
    });
  }

  async scan({
    after,
    limit,
  }: {
    readonly after?: Position | undefined;
    readonly limit: number;
  }): Promise<Page<ScannedEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      return this.#scan.all(after, limit);
    });
  }

  async scanShare(options: ShareOptions): Promise<Page<ScannedEvent>> {
    this.#refuseWhenClosed();
    return this.#guarded(() => this.#scan.share(options));
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

  async *subscribe({
    after,
    signal,
  }: {
    readonly after?: Position;
    readonly signal: AbortSignal;
  }): AsyncIterable<StoredEvent> {
    this.#refuseWhenClosed();
    let position = after;
    while (!signal.aborted && !this.#closed) {
      // Only what is durable is shown: what could still be lost would leave a hole when its position is given out again.
      const { events, last } = await this.betweenAppends(() => this.readAll({ after: position, limit: 1000 }));
      for (const event of events) {
        if (signal.aborted) return;
        yield event;
      }
      position = last ?? position;
      if (events.length === 0)
        await wait(SUBSCRIPTION_PAUSE, undefined, { signal, ref: false }).catch(refuseUnlessAborted);
    }
  }

  async commandRecord(commandId: string): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    return this.#guarded(() => {
      // A writer knows its own commands; a reader looks for those that have come since.
      if (this.#readOnly) this.#indexTail();
      for (const position of this.#commands.candidates(commandId)) {
        const row = this.#statements.at.get(position) as EventRow | undefined;
        if (row === undefined) continue;
        if (recordOf(row[5]) === commandId) return storedEvent(row, this.#streams.nameOf(row[1]));
      }
      return undefined;
    });
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
        this.#commits.run(() => this.#commands.sortAll(this.#last));
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
      if (recordOf === undefined) continue;
      this.#commands.add(recordOf, position);
      this.#commits.onLoss(() => this.#commands.remove([recordOf]));
    }
    this.#streams.setHead(stream, revision, events.at(-1)?.hash ?? '');
  }

  /** Commands recorded since the index was last sorted are known only to the log. */
  #indexTail(): void {
    const tail = this.#database.prepare('SELECT position, metadata FROM event WHERE position > ? ORDER BY position');
    for (const row of tail.iterate(Math.max(this.#indexedUpTo, sortedUpTo(this.#database)))) {
      const commandId = recordOf(row.metadata);
      this.#indexedUpTo = Number(row.position);
      if (commandId !== undefined) this.#commands.add(commandId, this.#indexedUpTo);
    }
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
    if (this.#closed) throw new LedgerError('ledger.closed', `${this.#file} has been closed`);
  }
}

function locked(file: string): WriterLock {
  try {
    return lockForWriting(file);
  } catch (error) {
    throw asLedgerError(error, file);
  }
}

function refuseUnlessAborted(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
