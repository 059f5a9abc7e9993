import { setTimeout as wait } from 'node:timers/promises';
import type { NewEvent, Position, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type { Instant } from '../../kernel/instant.ts';
import type {
  EventStore,
  ExpectedRevision,
  FollowedLog,
  LedgerObserver,
  Page,
  ScannedEvent,
  SnapshotStore,
  StoreAtOnce,
  StreamHead,
} from '../event-store.ts';
import { CommandRecordedError, ConflictError, isSameAppend } from '../event-store.ts';

const SUBSCRIPTION_PAUSE = 5;
const FOLLOWED_AT_ONCE = 1_000;

/** An event store that lives as long as its process: for tests, trials and short-lived calculations. */
export class MemoryEventStore implements EventStore {
  readonly #log: StoredEvent[] = [];
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #records = new Map<string, StoredEvent>();
  /** Tests let several ledgers stand for the nodes of a cluster. */
  readonly shared: boolean;
  readonly losses = 0;
  /** What lives in memory is folded fast enough. */
  readonly snapshots: SnapshotStore | undefined = undefined;
  readonly #observer: LedgerObserver | undefined;
  readonly atOnce: StoreAtOnce | undefined;
  readonly followed: FollowedLog | undefined;
  /** Told once of the next append, or of the closing. */
  readonly #waiting = new Set<() => void>();
  #closed = false;
  #timesByStreamUpTo: Instant | undefined;

  constructor({
    observer,
    shared = false,
  }: { readonly observer?: LedgerObserver | undefined; readonly shared?: boolean } = {}) {
    this.#observer = observer;
    this.shared = shared;
    this.atOnce = shared
      ? undefined
      : {
          isSettled: () => !this.#closed,
          head: (stream) => this.#head(stream),
          commandRecord: (commandId) => this.#commandRecord(commandId),
          append: (stream, expected, events) => this.#append(stream, expected, events),
          settled: () => this.settled(),
        };
    this.followed = shared ? this.#followed() : undefined;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<void> {
    this.#append(stream, expected, events);
  }

  #append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): void {
    this.#refuseWhenClosed();
    const known = this.#streams.get(stream) ?? [];
    if (known.length - 1 !== expected) {
      if (isSameAppend(known.slice(expected + 1, expected + 1 + events.length), events)) return;
      this.#observer?.conflicted();
      throw new ConflictError(stream, expected, known.length - 1);
    }
    if (events.length === 0) return;
    for (const { recordOf } of events) {
      if (recordOf !== undefined && this.#records.has(recordOf)) throw new CommandRecordedError(recordOf);
    }
    this.#streams.set(stream, known);
    for (const { recordOf, ...event } of events) {
      const stored = { ...event, stream, revision: known.length, position: String(this.#log.length + 1) };
      known.push(stored);
      this.#log.push(stored);
      if (recordOf !== undefined) this.#records.set(recordOf, stored);
    }
    this.#observer?.committed({ appends: 1, events: events.length });
    this.#wake();
  }

  async settled(): Promise<void> {
    this.#refuseWhenClosed();
  }

  async flush(): Promise<void> {
    this.#refuseWhenClosed();
  }

  betweenAppends<Answer>(work: () => Answer): Answer {
    this.#refuseWhenClosed();
    return work();
  }

  async read(
    stream: string,
    { from = 0, limit = -1 }: { readonly from?: number; readonly limit?: number } = {},
  ): Promise<readonly StoredEvent[]> {
    this.#refuseWhenClosed();
    return (this.#streams.get(stream) ?? []).slice(from, limit < 0 ? undefined : from + limit);
  }

  async head(stream: string): Promise<StreamHead | undefined> {
    return this.#head(stream);
  }

  #head(stream: string): StreamHead | undefined {
    this.#refuseWhenClosed();
    const last = this.#streams.get(stream)?.at(-1);
    return last === undefined ? undefined : { stream, revision: last.revision, hash: last.hash };
  }

  async *heads(): AsyncIterable<StreamHead> {
    this.#refuseWhenClosed();
    for (const stream of this.#streams.keys()) {
      const head = await this.head(stream);
      if (head !== undefined) yield head;
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
    const start = Number(after ?? 0);
    const events = this.#log.slice(start, start + limit);
    return { events, last: events.at(-1)?.position };
  }

  scan(options: { readonly after?: Position | undefined; readonly limit: number }): Promise<Page<ScannedEvent>> {
    return this.readAll(options);
  }

  async at(position: Position): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    return this.#log[Number(position) - 1];
  }

  async countAfter(position: Position = '0'): Promise<number> {
    this.#refuseWhenClosed();
    return this.#log.length - Number(position);
  }

  async last(): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    return this.#log.at(-1);
  }

  async *subscribe({
    after,
    signal,
  }: {
    readonly after?: Position;
    readonly signal: AbortSignal;
  }): AsyncIterable<StoredEvent> {
    this.#refuseWhenClosed();
    let next = Number(after ?? 0);
    while (!signal.aborted && !this.#closed) {
      const event = this.#log[next];
      if (event === undefined) {
        await wait(SUBSCRIPTION_PAUSE, undefined, { ref: false });
        continue;
      }
      next += 1;
      yield event;
    }
  }

  #followed(): FollowedLog {
    const position = () => this.#log.at(-1)?.position;
    return {
      follow: (options) => this.#follow(options),
      get known() {
        return position();
      },
      isAfter: (one, other) => Number(one) > Number(other),
    };
  }

  async *#follow({ after, signal, connected }: Parameters<FollowedLog['follow']>[0]) {
    this.#refuseWhenClosed();
    let next = Number(after ?? 0);
    let behind = this.#log.length;
    while (!signal.aborted && !this.#closed) {
      if (next >= behind) {
        connected?.(true);
        behind = Number.POSITIVE_INFINITY;
      }
      const events = this.#log.slice(next, next + FOLLOWED_AT_ONCE);
      next += events.length;
      if (events.length > 0) yield events;
      else await this.#nextAppend(signal);
    }
    connected?.(false);
  }

  async #nextAppend(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#waiting.delete(resolve);
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
  }

  async commandRecord(commandId: string): Promise<StoredEvent | undefined> {
    return this.#commandRecord(commandId);
  }

  #commandRecord(commandId: string): StoredEvent | undefined {
    this.#refuseWhenClosed();
    return this.#records.get(commandId);
  }

  async probe(): Promise<void> {
    this.#refuseWhenClosed();
  }

  async integrity(): Promise<readonly string[]> {
    this.#refuseWhenClosed();
    return [];
  }

  get timesByStreamUpTo(): Instant | undefined {
    return this.#timesByStreamUpTo;
  }

  keepTimesByStream(upTo: Instant): void {
    this.#timesByStreamUpTo = upTo;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new LedgerError('ledger.closed', 'the store has been closed');
  }
}
