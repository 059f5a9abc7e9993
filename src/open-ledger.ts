import { availableParallelism } from 'node:os';
import { BillingQuestions } from '../projections/billing-questions.ts';
import { OverlaidReadModels } from '../projections/overlaid-read-models.ts';
import type { ReadModelSource } from '../projections/read-model-source.ts';
import { ReadModels } from '../projections/read-models.ts';
import { CommandHandler } from './application/command-handler.ts';
import type { Beside } from './beside.ts';
import type { Clock } from './kernel/clock.ts';
import { systemClock } from './kernel/clock.ts';
import { LedgerError } from './kernel/errors.ts';
import { Ledger } from './ledger.ts';
import { MEMORY, openStore } from './open-store.ts';
import { SecondThread } from './second-thread.ts';
import type { EventStore, LedgerObserver } from './store/event-store.ts';
import { SqliteEventStore } from './store/sqlite/sqlite-event-store.ts';
import type { WriterLock } from './store/sqlite/writer-lock.ts';
import { lockForWriting } from './store/sqlite/writer-lock.ts';

/** Where the ledger is kept, and by which clock it goes. */
export interface LedgerOptions {
  /**
   * `sqlite:FILE`, `memory:`, or `esdb://…`: a server or cluster of EventStoreDB or KurrentDB, which needs the package
   * `@eventstore/db-client`. `&ledger=NAME` in its address keeps several ledgers on one server apart.
   */
  readonly store: string;
  readonly clock?: Clock;
  /** Opens for questions alone, beside a process that writes or without one; nothing is written, not even read models. */
  readonly readOnly?: boolean;
  /** The file of the read models, where it is not the ledger's own; it can be deleted at any time. */
  readonly readModels?: string;
  /**
   * How a server is entered, where its address does not say it: user and password, and the file of the certificate
   * authority by which the server is known.
   */
  readonly server?: {
    readonly username?: string | undefined;
    readonly password?: string | undefined;
    readonly caFile?: string | undefined;
  };
  /** Is told what the store does. */
  readonly observer?: LedgerObserver;
  /**
   * From how many events on `rebuild` and `verify` work on two threads, where the machine has two processors and the store
   * is a file; 200 000 unless given, `Infinity` for never. `verify`, which takes longer, does so from half of that on.
   */
  readonly secondThreadFrom?: number;
}

/** Below that a thread takes longer to start than it saves. */
const SECOND_THREAD_FROM = 200_000;

/**
 * Opens a ledger. For writing, what an interrupted process left open is finished first.
 * Errors: `store.locked`, `store.unreadable`, `store.newer_version`, `store.unavailable`, `query.invalid`.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { store, file } = await openStore({ ...options, access: options.server });
  const clock = options.clock ?? systemClock;
  let models: ReadModelSource | undefined;
  try {
    models = openReadModels(store, options.readModels ?? file, options);
    const questions = new BillingQuestions(models);
    const feed = models instanceof ReadModels && store.shared ? models : undefined;
    const handler = options.readOnly ? undefined : await CommandHandler.open(store, clock, questions, feed);
    const files = [file, options.readModels ?? file].filter((name) => name !== MEMORY);
    const beside = store instanceof SqliteEventStore ? besideOf(store, file, options) : undefined;
    return new Ledger({ store, models, questions, handler, clock, files, beside });
  } catch (error) {
    // Whoever opens it again must not find it locked by an attempt that failed.
    models?.close();
    await store.close().catch(() => undefined);
    throw error;
  }
}

function besideOf(store: SqliteEventStore, file: string, options: LedgerOptions): Beside | undefined {
  if (file === MEMORY) return undefined;
  const readModels = options.readModels ?? file;
  return {
    start: () => new SecondThread(file),
    from: options.secondThreadFrom ?? (availableParallelism() > 1 ? SECOND_THREAD_FROM : Number.POSITIVE_INFINITY),
    store,
    readModels: readModels === MEMORY ? undefined : readModels,
  };
}

/**
 * Whoever takes commands keeps the read models in their file. Two processes that did so in the same file would each write
 * over what the other has folded; the store of an embedded ledger lets only one in, a shared one does not know of files. So
 * the second lays what it folds over the file in memory.
 */
function openReadModels(store: EventStore, file: string, { readOnly = false }: LedgerOptions): ReadModelSource {
  if (readOnly) return new OverlaidReadModels(store, file);
  if (!store.shared || file === MEMORY) return new ReadModels(store, file);
  const lock = lockUnlessTaken(file);
  return lock === undefined ? new OverlaidReadModels(store, file) : new ReadModels(store, file, lock);
}

function lockUnlessTaken(file: string): WriterLock | undefined {
  try {
    return lockForWriting(file);
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'store.locked') return undefined;
    throw error;
  }
}
