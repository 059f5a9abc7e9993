import { resolve } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CheckpointAnswer, CheckpointAsked } from './checkpoint-thread.ts';
import { heldOf } from './checkpointed.ts';
import type { CheckpointLimits } from './limits.ts';
import { CHECKPOINTS } from './limits.ts';
import type { LogBatch } from './log-batch.ts';
import { isSqliteError } from './sqlite-error.ts';

/**
 * Moves what has been committed out of SQLite's log into the file, which is a checkpoint. Where there is much to move a
 * thread does it: a writer that did it itself would stand still meanwhile, and with it everybody who waits for an answer.
 * Nothing depends on when it is done, since what is in the log is as durable as what is in the file.
 */
export class Checkpoints {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #limits: CheckpointLimits;
  /** Tells how many pages wait in the log, whoever has written them. */
  readonly #count: StatementSync | undefined;
  /** So many of them could not be moved when it was last tried, since somebody still reads what was before them. */
  #held = 0;
  /** About how many pages have been written that nobody has been asked to move, where they cannot be counted. */
  #pages = 0;
  #hasMoved = false;
  #timer: NodeJS.Timeout | undefined;
  #thread: Worker | undefined;
  #isAsked = false;
  /** About how many pages the thread has been asked to move. */
  #asked = 0;
  /** There can be no thread. */
  #isAlone = false;
  #isClosed = false;

  /** `database` is the writer's connection to the file. */
  constructor(database: DatabaseSync, file: string, limits: CheckpointLimits = CHECKPOINTS) {
    this.#database = database;
    // Whoever changes the working directory later does not change which file is meant.
    this.#file = resolve(file);
    this.#limits = limits;
    this.#count = canCountPages() ? database.prepare('PRAGMA wal_checkpoint(NOOP)') : undefined;
    this.#setLimitOfCommits(limits.alone);
  }

  /** Whether also what others write into the file is moved in time. */
  get countsOthers(): boolean {
    return this.#count !== undefined;
  }

  /** Batches have become durable together. */
  committed(batches: readonly LogBatch[]): void {
    this.#pages += pagesOf(batches);
    this.othersCommitted();
  }

  /** Somebody else may have written into the file. */
  othersCommitted(): void {
    this.#hasMoved = true;
    this.#lookLater();
  }

  /** Lets go of the file; nobody commits any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    // Nothing else may keep the process until the thread has let go of the file.
    thread.ref();
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('close' satisfies CheckpointAsked);
    await ended;
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => this.#look(), this.#limits.pause).unref();
  }

  #look(): void {
    this.#timer = undefined;
    const isQuiet = !this.#hasMoved;
    this.#hasMoved = false;
    const { quiet, busy, byItself } = this.#limits;
    const pages = this.#isAsked ? undefined : this.#waiting();
    if (pages === undefined) {
      this.#lookLater();
    } else if (pages < (isQuiet ? quiet : busy)) {
      if (!isQuiet) this.#lookLater();
    } else if (this.#isAlone || (this.#thread === undefined && pages < byItself)) {
      this.#checkpoint();
    } else {
      this.#ask();
    }
  }

  /** How many pages wait that can be moved; undefined while this connection reads or writes. */
  #waiting(): number | undefined {
    if (this.#count === undefined) return this.#pages;
    try {
      const waiting = heldOf(this.#count.get());
      // A log that is written from its beginning again holds nothing of before.
      if (waiting < this.#held) this.#held = 0;
      return waiting - this.#held;
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      return undefined;
    }
  }

  #ask(): void {
    try {
      this.#thread ??= this.#begin();
    } catch {
      // A process may be forbidden to have threads; then the writer stands still, and nothing else changes.
      this.#stayAlone();
      return;
    }
    this.#isAsked = true;
    this.#asked = this.#pages;
    this.#pages = 0;
    this.#thread.postMessage('checkpoint' satisfies CheckpointAsked);
  }

  #begin(): Worker {
    // Run directly the sources are TypeScript, compiled they are not; a URL is not rewritten as an import is.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const thread = new Worker(new URL(`./checkpoint-thread.${extension}`, import.meta.url), {
      // A file that is no longer there is not made anew.
      workerData: { url: `${pathToFileURL(this.#file).href}?mode=rw` },
      // What the process was started with is for its own script: a thread given --input-type would not begin.
      execArgv: [],
      resourceLimits: THREAD_AT_MOST,
    });
    thread.on('message', (answer: CheckpointAnswer) => this.#answered(answer));
    // The log is as safe without a thread; what has ended it is nothing the ledger could mend.
    thread.on('error', () => this.#stayAlone());
    thread.on('exit', () => this.#stayAlone());
    thread.unref();
    this.#setLimitOfCommits(this.#limits.beside);
    return thread;
  }

  /** What was committed meanwhile is little. With it in the file as well, the log is written from its beginning again. */
  #answered({ log, held }: CheckpointAnswer): void {
    this.#isAsked = false;
    if (this.#isClosed) return;
    this.#held = held;
    if (log === undefined) {
      this.#pages += this.#asked;
      this.#lookLater();
    } else if (log >= this.#limits.long) {
      this.#checkpoint();
    }
  }

  #checkpoint(): void {
    if (this.#database.isTransaction) {
      this.#lookLater();
      return;
    }
    try {
      this.#held = heldOf(this.#database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get());
      this.#pages = 0;
    } catch (error) {
      // A disk that is full tells whoever commits. What could not be moved is as durable where it is.
      if (!isSqliteError(error)) throw error;
    }
  }

  #stayAlone(): void {
    if (this.#isClosed || this.#isAlone) return;
    this.#isAlone = true;
    if (this.#isAsked) this.#pages += this.#asked;
    this.#isAsked = false;
    this.#thread = undefined;
    this.#setLimitOfCommits(this.#limits.alone);
    this.#lookLater();
  }

  #setLimitOfCommits(pages: number): void {
    this.#database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
  }
}

/** MiB. The thread's own work is all in SQLite, which does not count as its heap. */
const THREAD_AT_MOST = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 };

/** SQLite 3.51 has it; one that is older would take it for a checkpoint. */
function canCountPages(): boolean {
  const [major = 0, minor = 0] = String(process.versions.sqlite).split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 51);
}

/** About how many rows share a page. */
const ROWS_PER_PAGE = 4;

function pagesOf(batches: readonly LogBatch[]): number {
  let rows = 0;
  for (const { events, snapshots } of batches) rows += events.length + snapshots.length;
  return 1 + rows / ROWS_PER_PAGE;
}
