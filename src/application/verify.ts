import { setImmediate as othersTurn } from 'node:timers/promises';
import type { LedgerEvent } from '../events/catalogue.ts';
import { checkedEvent, decodeMetadata } from '../events/codec.ts';
import type { EventMetadata, Position, StoredEvent } from '../events/envelope.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import { compareInstants, parseInstant } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import type { CheckedChain, ExpectedDigest } from './chain-check.ts';
import { ChainCheck, isLast, nextPage, placeOf } from './chain-check.ts';

/** What a check of the log alone found. */
export interface LogVerification extends ExpectedDigest {
  readonly ok: boolean;
  readonly findings: readonly string[];
  readonly events: number;
}

/** Takes every event whose form is right, in the order of the log. */
export type EventObserver = (event: LedgerEvent, stored: StoredEvent, metadata: EventMetadata) => void;

/** Checks file, chains and kept heads beside the log's own way, on another thread. */
export interface ChainBeside {
  /** Begins with so many events, the first of the log. */
  begin(expected: ExpectedDigest | undefined, events: number): void;
  /** Goes on to the event at that position, after which come the kept heads. */
  end(upTo: Position | undefined): Promise<CheckedChain>;
}

/** How many pages are checked before others have their turn and are told how far it has come. */
const PAGES_PER_TURN = 40;

/** Checks the log alone, without a replay and without read models. */
export async function verify(store: EventStore, expected?: ExpectedDigest): Promise<LogVerification> {
  const log = new LogCheck(store, { expected, observe: () => undefined });
  await log.begin();
  await log.readOn();
  const { findings, position, digest } = await log.end();
  return { ok: findings.length === 0, findings, events: log.events, position, digest };
}

/** Checks the log: every event's form and place in its stream's hash chain, the kept heads, the clock and the file. */
export class LogCheck {
  readonly #findings: string[] = [];
  readonly #store: EventStore;
  readonly #expected: ExpectedDigest | undefined;
  readonly #observe: EventObserver;
  readonly #chain: ChainCheck;
  readonly #beside: ChainBeside | undefined;
  /** Whether several nodes write the log, or had written it where it was copied from. */
  readonly #timesByStream: boolean;
  #position: Position | undefined;
  /** By stream where several nodes write: their clocks need not agree. */
  readonly #recordedAt = new Map<string, Instant>();
  #events = 0;
  #readable = true;

  /**
   * With an earlier digest it also checks that what stood in the log then stands there now. `beside` takes over file,
   * chains and heads; without one they are checked on the way.
   */
  constructor(
    store: EventStore,
    options: {
      readonly expected?: ExpectedDigest | undefined;
      readonly observe: EventObserver;
      readonly beside?: ChainBeside | undefined;
    },
  ) {
    this.#store = store;
    this.#expected = options.expected;
    this.#observe = options.observe;
    this.#beside = options.beside;
    this.#chain = new ChainCheck(store, options.expected);
    this.#timesByStream = store.shared || store.timesByStreamUpTo !== undefined;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether every event so far could be read and handed on, so that a replay of them means anything. */
  get readable(): boolean {
    return this.#readable;
  }

  get events(): number {
    return this.#events;
  }

  /** Before the first event is read. */
  async begin(): Promise<void> {
    if (this.#beside === undefined) await this.#chain.begin();
    else this.#beside.begin(this.#expected, await this.#store.countAfter());
  }

  /**
   * Reads on to the end of the log as it is then. A server would have to read its log to count it, so `progress` takes
   * how many events there are from whoever knows `about` that.
   */
  async readOn(progress?: (done: number, total: number) => void, about?: number): Promise<void> {
    const total = progress === undefined ? 0 : (about ?? this.#events + (await this.#store.countAfter(this.#position)));
    for (let pages = 1; ; pages += 1) {
      const page = await nextPage(this.#store, this.#position, this.#findings);
      if (page === undefined) {
        this.#readable = false;
        return;
      }
      for (const stored of page.events) this.#check(stored);
      this.#position = page.last ?? this.#position;
      const done = isLast(page);
      if (done || pages % PAGES_PER_TURN === 0) progress?.(this.#events, Math.max(total, this.#events));
      if (done) return;
      if (pages % PAGES_PER_TURN === 0) await othersTurn();
    }
  }

  /** After the last event: everything found, and the digest over the heads of all streams as far as they were read. */
  async end(): Promise<CheckedChain> {
    const chain = await this.#endOfChain();
    // A page that cannot be read is met on both ways.
    return { ...chain, findings: [...new Set([...chain.findings, ...this.#findings])] };
  }

  async #endOfChain(): Promise<CheckedChain> {
    if (this.#beside === undefined) return this.#chain.end();
    await this.#store.flush();
    return this.#beside.end(this.#position);
  }

  #check(stored: StoredEvent): void {
    if (this.#beside === undefined) this.#chain.take(stored);
    const metadata = this.#checkTime(stored);
    const event = this.#checkForm(stored);
    this.#events += 1;
    if (event === undefined || metadata === undefined) this.#readable = false;
    else this.#observe(event, stored, metadata);
  }

  #checkForm(stored: StoredEvent): LedgerEvent | undefined {
    try {
      return checkedEvent(stored);
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof LedgerError)) throw error;
      this.#findings.push(`${placeOf(stored)}: ${error.message}`);
      return undefined;
    }
  }

  #checkTime(stored: StoredEvent): EventMetadata | undefined {
    const clock = this.#timesByStream ? stored.stream : '';
    const last = this.#recordedAt.get(clock);
    try {
      const metadata = decodeMetadata(stored);
      const { recordedAt } = metadata;
      if (recordedAt === last) return metadata;
      if (typeof recordedAt !== 'string' || parseInstant(recordedAt) === undefined) {
        this.#findings.push(`position ${stored.position}: its metadata does not say when it was recorded`);
        return undefined;
      }
      if (last !== undefined && compareInstants(recordedAt, last) < 0) {
        this.#findings.push(`position ${stored.position}: recorded at ${recordedAt}, before ${last}`);
      }
      this.#recordedAt.set(clock, recordedAt);
      return metadata;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#findings.push(`position ${stored.position}: ${error.message}`);
      return undefined;
    }
  }
}
