import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BatchWriter } from './batch-writer.ts';
import type { LogBatch } from './log-batch.ts';
import { emptyBatch } from './log-batch.ts';

interface Hooks {
  /** Adds what else is to be written, last before the commit. */
  readonly complete: (batch: LogBatch) => void;
  /** The batches are durable, with so many appends. */
  readonly durable: (batches: readonly LogBatch[], appends: number) => void;
  /** Everything that was not durable was lost. */
  readonly lost: () => void;
  /** Turns the database's error into one for the caller. */
  readonly explain: (error: unknown) => unknown;
}

/** So many commits of one append each, one after another, show that there is nobody to wait for. */
const LONE = 8;
/** So many appends at most are committed before the turn of the event loop ends: who appends in a loop leaves others theirs. */
const SOON_PER_TURN = 4;

/** What is committed together, and those who wait for it. */
interface Group {
  batch: LogBatch;
  /** What whoever asked the file had to be shown before. */
  readonly shown: LogBatch[];
  appends: number;
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Coalesces the appends of one turn of the event loop into one transaction. Each append succeeds or fails by itself; what
 * they share is the commit, and with it the one wait for the disk. A caller who has long been alone does not wait for others.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #hooks: Hooks;
  #writer: BatchWriter | undefined;
  readonly #beginStatement: StatementSync;
  readonly #commitStatement: StatementSync;
  #open: Group | undefined;
  #losses = 0;
  #lost: unknown;
  /** How many of the last commits had one append. */
  #lone = 0;
  /** How many appends of this turn did not wait for its end. */
  #soon = 0;
  /** Whether what has run since the last of them was begun by whoever it belongs to. */
  #isSameCaller = false;

  constructor(database: DatabaseSync, hooks: Hooks) {
    this.#database = database;
    this.#hooks = hooks;
    this.#beginStatement = database.prepare('BEGIN IMMEDIATE');
    this.#commitStatement = database.prepare('COMMIT');
  }

  get losses(): number {
    return this.#losses;
  }

  /** What is going to be written next, for one append or something else to be added to. */
  get batch(): LogBatch {
    this.#open ??= this.#begun();
    return this.#open.batch;
  }

  /** The batch has an append more. */
  appended(): void {
    if (this.#open !== undefined) this.#open.appends += 1;
  }

  settled(): Promise<void> {
    return this.#open?.done ?? Promise.resolve();
  }

  /**
   * The same for whoever has appended all it wants to. A lone caller does not wait for the end of the turn, which costs it
   * the way through the event loop.
   */
  settledSoon(): Promise<void> {
    const open = this.#open;
    if (open?.appends === 1 && this.#lone >= LONE && this.#soon < SOON_PER_TURN) {
      this.#soon += 1;
      queueMicrotask(() => {
        if (this.#open === open && open.appends === 1) this.#commitSoon();
      });
    }
    return this.settled();
  }

  /** Whether {@link settled} has nothing to wait for. */
  get isSettled(): boolean {
    return this.#open === undefined;
  }

  flush(): Promise<void> {
    const done = this.settled();
    this.#commit();
    return done;
  }

  /** Commits what is open, or throws what was lost. */
  commitNow(): void {
    const before = this.#losses;
    this.#commit();
    if (this.#losses !== before) throw this.#lost;
  }

  /** Shows everything appended so far to whoever asks the file on this connection, or throws what was lost. */
  show(): void {
    const open = this.#open;
    if (open === undefined) return;
    try {
      this.#write(open.batch);
    } catch (error) {
      throw this.#lose(error);
    }
    open.shown.push(open.batch);
    open.batch = emptyBatch();
  }

  /** What was begun since the last commit is lost with that error. */
  stop(error: unknown): void {
    if (this.#open !== undefined) this.#lose(error);
  }

  /** Whoever comes later in the turn than what the caller does at once is somebody else. */
  #commitSoon(): void {
    this.#commit();
    this.#isSameCaller = true;
    process.nextTick(() => {
      this.#isSameCaller = false;
    });
  }

  #begun(): Group {
    if (this.#soon > 0 && !this.#isSameCaller) this.#lone = 0;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever appended awaits `settled`; without a listener a loss would end the process as an unhandled rejection.
    promise.catch(() => undefined);
    const group = { batch: emptyBatch(), shown: [], appends: 0, done: promise, resolve, reject };
    // Not told by the group itself, which would stay in memory until then with all that was committed before.
    setImmediate(() => {
      this.#soon = 0;
      if (this.#open?.done === promise) this.#commit();
    });
    return group;
  }

  #commit(): void {
    const open = this.#open;
    if (open === undefined) return;
    try {
      this.#hooks.complete(open.batch);
      this.#write(open.batch);
      this.#commitStatement.run();
    } catch (error) {
      this.#lose(error);
      return;
    }
    this.#open = undefined;
    this.#lone = open.appends === 1 ? this.#lone + 1 : 0;
    this.#hooks.durable([...open.shown, open.batch], open.appends);
    open.resolve();
  }

  #write(batch: LogBatch): void {
    if (!this.#database.isTransaction) this.#beginStatement.run();
    this.#writer ??= new BatchWriter(this.#database);
    this.#writer.write(batch);
  }

  /** Everything of the transaction is gone: nobody who waits for it may be told otherwise. */
  #lose(error: unknown): unknown {
    const explained = this.#hooks.explain(error);
    const open = this.#open;
    this.#open = undefined;
    this.#losses += 1;
    this.#lost = explained;
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } finally {
      this.#writer?.forget();
      this.#hooks.lost();
      // Whoever waits is told, even where a broken disk does not let the transaction be taken back.
      open?.reject(explained);
    }
    return explained;
  }
}
