import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Position, StoredEvent } from '../src/events/envelope.ts';
import { LedgerError } from '../src/kernel/errors.ts';
import type { FollowedLog } from '../src/store/event-store.ts';
import { PAGES_PER_TURN } from './halves.ts';

/** How long a question waits for events to arrive that are known to be in the log, in milliseconds. */
export const PATIENCE = 5_000;
/** Rows are written when nothing more has come for so long, and while events keep coming so often, in milliseconds. */
const [QUIET, WRITE_EVERY] = [10, 5_000];
const EVENTS_PER_WRITE = 250_000;

/** What becomes of the events that are followed. */
export interface Followed {
  /** Makes ready, and answers the position up to which everything is folded and written. */
  begin(): Promise<Position | undefined>;
  /** Folds a batch, whose rows stay in memory; answers whether there are so many that they should be written. */
  fold(events: readonly StoredEvent[]): boolean;
  /** Writes what is folded, up to and with this event. */
  write(last: StoredEvent): void;
  /** Forgets what is folded and not written. */
  forget(): void;
}

/** Somebody who waits until a position is folded and written. */
interface Waiter {
  readonly position: Position;
  readonly told: PromiseWithResolvers<void>;
  readonly timer: NodeJS.Timeout;
  /** Whether its time begins anew with every batch. */
  readonly patient: boolean;
}

/**
 * Follows the log of a shared store with one subscription and folds what comes, so that questions ask the store for
 * nothing. What is folded is written when somebody waits for it, when nothing more comes, and now and then.
 */
export class Following {
  readonly #log: FollowedLog;
  readonly #followed: Followed;
  readonly #waiters = new Set<Waiter>();
  #run: { readonly stop: AbortController; readonly begun: Promise<void>; readonly ended: Promise<void> } | undefined;
  /** The last event that is folded and not written. */
  #unwritten: StoredEvent | undefined;
  #unwrittenEvents = 0;
  #writtenAt = 0;
  #folded: Position | undefined;
  #written: Position | undefined;
  #connected = false;
  #isAbandoned = false;
  /** Runs out when nothing has come for a while. */
  #quiet: NodeJS.Timeout | undefined;

  constructor(log: FollowedLog, followed: Followed) {
    this.#log = log;
    this.#followed = followed;
  }

  /** Whether the subscription is there: everything in the log has come or is on its way. */
  get isLive(): boolean {
    return this.#connected;
  }

  /** The position of the last event folded, written or not. */
  get folded(): Position | undefined {
    return this.#folded;
  }

  /** Begins, unless it has begun. One that ended with an error begins anew where its rows were written last. */
  async begin(): Promise<void> {
    this.#run ??= this.#start();
    await this.#run.begun;
  }

  /**
   * Waits until an event's position is folded and written, for a bounded time; with `patient` for as long as there is
   * progress. Errors: `readmodels.behind`, and whatever ended the subscription.
   */
  async reach(position: Position, { patient = false }: { readonly patient?: boolean } = {}): Promise<void> {
    if (this.#has(this.#written, position)) return;
    if (this.#has(this.#folded, position)) {
      this.#writeForWaiting();
      return;
    }
    const told = Promise.withResolvers<void>();
    const timer = setTimeout(() => told.reject(behindError()), PATIENCE);
    const waiter: Waiter = { position, told, timer, patient };
    this.#waiters.add(waiter);
    try {
      await told.promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }

  /** Ends the subscription; what is folded is written. Whoever waits goes on waiting for it to begin again. */
  async stop(): Promise<void> {
    const run = this.#run;
    run?.stop.abort();
    await run?.ended;
  }

  /** Ends it for good and at once; nothing is folded or written any more. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#run?.stop.abort();
    clearTimeout(this.#quiet);
    this.#unwritten = undefined;
    this.#refuseAll(new LedgerError('ledger.closed', 'the ledger has been closed'));
  }

  #start() {
    const stop = new AbortController();
    const begun = Promise.withResolvers<void>();
    const ended = this.#follow(stop.signal, begun.resolve).then(
      () => this.#end(),
      (error: unknown) => {
        begun.reject(error);
        this.#end();
        if (this.#isAbandoned) return;
        // Also where it was to stop and could not write: what follows anew would fold the same events once more.
        this.#followed.forget();
        if (!stop.signal.aborted) this.#refuseAll(error);
      },
    );
    // Whoever asks is told; that nobody asks is no reason for the process to end.
    begun.promise.catch(() => undefined);
    return { stop, begun: begun.promise, ended };
  }

  async #follow(signal: AbortSignal, begun: () => void): Promise<void> {
    this.#written = await this.#followed.begin();
    this.#folded = this.#written;
    begun();
    const connected = (isConnected: boolean) => {
      this.#connected = isConnected;
    };
    const batches = this.#log.follow({ after: this.#written, signal, connected })[Symbol.asyncIterator]();
    for (let turns = 1; ; turns += 1) {
      const { done, value: events } = await batches.next();
      if (done === true || signal.aborted) break;
      if (events.length > 0) this.#fold(events);
      if (turns % PAGES_PER_TURN === 0) await othersTurn();
    }
    this.#write();
  }

  #fold(events: readonly StoredEvent[]): void {
    const isFull = this.#followed.fold(events);
    const last = events.at(-1);
    if (last === undefined) return;
    this.#unwritten = last;
    this.#unwrittenEvents += events.length;
    this.#folded = last.position;
    const isDue = this.#unwrittenEvents >= EVENTS_PER_WRITE || performance.now() - this.#writtenAt > WRITE_EVERY;
    if (isFull || isDue || this.#isAwaited()) this.#write();
    else {
      this.#encourage();
      this.#quiet = this.#quiet?.refresh() ?? setTimeout(() => this.#writeInQuiet(), QUIET);
    }
  }

  #write(): void {
    const last = this.#unwritten;
    if (last === undefined) return;
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    this.#followed.write(last);
    this.#unwritten = undefined;
    this.#unwrittenEvents = 0;
    this.#writtenAt = performance.now();
    this.#written = last.position;
    for (const { position, told } of this.#waiters) if (this.#has(this.#written, position)) told.resolve();
    this.#encourage();
  }

  #writeInQuiet(): void {
    this.#quiet = undefined;
    try {
      this.#writeForWaiting();
    } catch (error) {
      this.#refuseAll(error);
    }
  }

  /** The same for somebody who waits. What cannot be written is forgotten, and followed anew. */
  #writeForWaiting(): void {
    try {
      this.#write();
    } catch (error) {
      this.#unwritten = undefined;
      this.#folded = this.#written;
      this.#run?.stop.abort();
      this.#followed.forget();
      throw error;
    }
  }

  /** Those who wait for progress see some. */
  #encourage(): void {
    for (const { patient, timer } of this.#waiters) if (patient) timer.refresh();
  }

  #isAwaited(): boolean {
    for (const { position } of this.#waiters) if (this.#has(this.#folded, position)) return true;
    return false;
  }

  #has(reached: Position | undefined, position: Position): boolean {
    return reached !== undefined && !this.#log.isAfter(position, reached);
  }

  #end(): void {
    this.#run = undefined;
    this.#connected = false;
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    this.#unwrittenEvents = 0;
    this.#unwritten = undefined;
    this.#folded = this.#written;
  }

  #refuseAll(error: unknown): void {
    for (const { told } of this.#waiters) told.reject(error);
  }
}

function behindError(): LedgerError {
  const sentence = `the read models have not come as far as they have to within ${PATIENCE / 1000} s; the question may be asked again`;
  return new LedgerError('readmodels.behind', sentence);
}
