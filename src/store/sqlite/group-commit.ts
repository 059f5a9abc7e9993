import type { DatabaseSync, StatementSync } from 'node:sqlite';

interface Hooks {
  /** Runs inside the transaction, last before its commit. */
  readonly beforeCommit: () => void;
  /** Runs when a transaction is durable. */
  readonly afterCommit: () => void;
  /** Runs when a transaction was lost. */
  readonly afterLoss: () => void;
  /** Turns the database's error into one for the caller. */
  readonly explain: (error: unknown) => unknown;
}

/** A quiet ledger checkpoints its log after this many milliseconds, so that the next writer does not have to. */
const QUIET = 100;
/** Not worth a checkpoint of its own below this many transactions. */
const WORTH_A_CHECKPOINT = 50;

/**
 * Coalesces the appends of one turn of the event loop into one transaction. Each append runs at once and succeeds or
 * fails by itself; what they share is the commit, and with it the one wait for the disk.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #hooks: Hooks;
  readonly #beginStatement: StatementSync;
  readonly #commitStatement: StatementSync;
  #open:
    | { readonly done: Promise<void>; readonly resolve: () => void; readonly reject: (error: unknown) => void }
    | undefined;
  #sinceCheckpoint = 0;
  #quiet: NodeJS.Timeout | undefined;
  #losses = 0;
  #lost: unknown;

  constructor(database: DatabaseSync, hooks: Hooks) {
    this.#database = database;
    this.#hooks = hooks;
    this.#beginStatement = database.prepare('BEGIN IMMEDIATE');
    this.#commitStatement = database.prepare('COMMIT');
  }

  get losses(): number {
    return this.#losses;
  }

  /** Runs the work inside the current transaction, and begins one when there is none. */
  run(work: () => void): void {
    if (this.#open === undefined) this.#begin();
    try {
      work();
    } catch (error) {
      throw this.#lose(error);
    }
  }

  settled(): Promise<void> {
    return this.#open?.done ?? Promise.resolve();
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

  stop(): void {
    clearTimeout(this.#quiet);
  }

  #begin(): void {
    try {
      this.#beginStatement.run();
    } catch (error) {
      throw this.#hooks.explain(error);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever appended awaits `settled`; without a listener a loss would end the process as an unhandled rejection.
    promise.catch(() => undefined);
    this.#open = { done: promise, resolve, reject };
    setImmediate(() => this.#commit());
  }

  #commit(): void {
    const open = this.#open;
    if (open === undefined) return;
    try {
      this.#hooks.beforeCommit();
      this.#commitStatement.run();
    } catch (error) {
      this.#lose(error);
      return;
    }
    this.#open = undefined;
    this.#hooks.afterCommit();
    open.resolve();
    this.#checkpointWhenQuiet();
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
      this.#hooks.afterLoss();
    } finally {
      // Whoever waits is told, even where a broken disk does not let the file be read again.
      open?.reject(explained);
    }
    return explained;
  }

  #checkpointWhenQuiet(): void {
    this.#sinceCheckpoint += 1;
    if (this.#sinceCheckpoint < WORTH_A_CHECKPOINT) return;
    if (this.#quiet !== undefined) {
      this.#quiet.refresh();
      return;
    }
    this.#quiet = setTimeout(() => {
      this.#sinceCheckpoint = 0;
      if (!this.#database.isTransaction) this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    }, QUIET);
    this.#quiet.unref();
  }
}
