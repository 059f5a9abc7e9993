import type { NewEvent, Position, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type {
  EventStore,
  ExpectedRevision,
  FollowedLog,
  Page,
  RecordPlace,
  ScannedEvent,
  SnapshotStore,
  StreamHead,
} from '../event-store.ts';
import { Claims } from './claims.ts';
import { CommandIds } from './command-ids.ts';
import { Connection, PATIENCE, silent } from './connection.ts';
import { CopiedCommands } from './copied-commands.ts';
import { hiddenStreams } from './hidden-streams.ts';
import { JoinedReads } from './joined-reads.ts';
import { Log } from './log.ts';
import { isAfter, LastPosition } from './positions.ts';
import type { ServerAccess } from './server-address.ts';
import { StreamNames } from './stream-names.ts';
import { Streams } from './streams.ts';

/** How a ledger is kept on a server. */
export interface KurrentDbOptions {
  /** Begins the name of every stream, so that several ledgers can share a server; no other ledger's begins with it. */
  readonly prefix: string;
  /** How the server is entered, where its address does not say it. */
  readonly access?: ServerAccess | undefined;
}

const COUNTED_AT_ONCE = 1_000;
const READ_AT_ONCE = 4_000;
/** Whoever asks whether the server answers does not wait for it as long as whoever needs it, in milliseconds. */
const PROBE_PATIENCE = 3_000;

/** An event store on EventStoreDB or KurrentDB, one node or a cluster. */
export class KurrentDbEventStore implements EventStore {
  readonly #connection: Connection;
  readonly #names: StreamNames;
  readonly #streams: Streams;
  readonly #copied: CopiedCommands;
  readonly #commandIds: CommandIds;
  readonly #lastEvents: JoinedReads<StoredEvent | undefined>;
  readonly #log: Log;
  readonly #known = new LastPosition();
  readonly #closing = new AbortController();
  readonly shared = true;
  readonly headsFromLog = true;
  readonly followed: FollowedLog;
  /** What the server has answered is on a majority of its nodes. */
  readonly losses = 0;
  readonly snapshots: SnapshotStore | undefined = undefined;

  /** Connects when it is first asked. `address` is `esdb://…`, with credentials and certificates as the server wants them. */
  constructor(address: string, { prefix, access }: KurrentDbOptions) {
    this.#connection = new Connection(address, access);
    this.#names = new StreamNames(prefix);
    this.#streams = new Streams(this.#connection);
    this.#lastEvents = new JoinedReads((stream) => this.#streams.last(this.#names.ofStream(stream), stream), {
      time: PATIENCE,
      late: () => silent(PATIENCE),
    });
    this.#copied = new CopiedCommands(this.#streams, this.#names);
    this.#commandIds = new CommandIds(new Claims(this.#streams, this.#names), this.#copied);
    this.#log = new Log(this.#connection, this.#names);
    this.followed = this.#followed();
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<void> {
    this.#refuseWhenClosed();
    if (events.length === 0) return;
    for (const { recordOf } of events) {
      if (recordOf !== undefined) await this.#commandIds.claim(recordOf, stream, expected, events);
    }
    this.#known.note(await this.#streams.append(this.#names.ofStream(stream), stream, expected, events));
  }

  async settled(): Promise<void> {
    this.#refuseWhenClosed();
    await this.#copied.settled();
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
    { from = 0, limit = Number.POSITIVE_INFINITY }: { readonly from?: number; readonly limit?: number } = {},
  ): Promise<readonly StoredEvent[]> {
    this.#refuseWhenClosed();
    const events: StoredEvent[] = [];
    while (events.length < limit) {
      const asked = Math.min(READ_AT_ONCE, limit - events.length);
      const name = this.#names.ofStream(stream);
      const page = await this.#streams.read(name, stream, from + events.length, asked);
      events.push(...page);
      this.#known.noteText(page.at(-1)?.position);
      if (page.length < asked) break;
    }
    return events;
  }

  async head(stream: string): Promise<StreamHead | undefined> {
    this.#refuseWhenClosed();
    const last = await this.#lastEvents.of(stream);
    this.#known.noteText(last?.position);
    return last === undefined ? undefined : { stream, revision: last.revision, hash: last.hash };
  }

  async *heads(): AsyncIterable<StreamHead> {
    this.#refuseWhenClosed();
    const heads = new Map<string, StreamHead>();
    for await (const { stream, revision, hash } of this.#events()) heads.set(stream, { stream, revision, hash });
    yield* heads.values();
  }

  async readAll({
    after,
    limit,
  }: {
    readonly after?: Position | undefined;
    readonly limit: number;
  }): Promise<Page<StoredEvent>> {
    this.#refuseWhenClosed();
    return this.#log.page(after, limit);
  }

  scan(options: { readonly after?: Position | undefined; readonly limit: number }): Promise<Page<ScannedEvent>> {
    return this.readAll(options);
  }

  async at(position: Position): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    return this.#log.at(position);
  }

  /** Reads what it counts: a server keeps no count. Where nothing follows, which is asked most, it reads the last event. */
  async countAfter(position?: Position, atMost = Number.POSITIVE_INFINITY): Promise<number> {
    this.#refuseWhenClosed();
    if (position !== undefined) {
      if ((await this.#log.last())?.position === position) return 0;
      if ((await this.#log.at(position)) === undefined) return Number.NaN;
    }
    let count = 0;
    for await (const _ of this.#events(position)) {
      count += 1;
      if (count >= atMost) break;
    }
    return count;
  }

  async last(): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    const last = await this.#log.last();
    this.#known.noteText(last?.position);
    return last;
  }

  async *subscribe({
    after,
    signal,
  }: {
    readonly after?: Position;
    readonly signal: AbortSignal;
  }): AsyncIterable<StoredEvent> {
    this.#refuseWhenClosed();
    const until = AbortSignal.any([signal, this.#closing.signal]);
    for await (const events of this.#log.follow({ after, signal: until })) {
      for (const event of events) {
        if (until.aborted) return;
        yield event;
      }
    }
  }

  async commandRecord(commandId: string): Promise<StoredEvent | undefined> {
    this.#refuseWhenClosed();
    const record = await this.#commandIds.record(commandId);
    this.#known.noteText(record?.position);
    return record;
  }

  async noteRecords(places: readonly RecordPlace[]): Promise<void> {
    this.#refuseWhenClosed();
    await this.#copied.note(places);
  }

  /** Asks the leader: a write of its own would be an event that stays for ever. */
  async probe(): Promise<void> {
    this.#refuseWhenClosed();
    await this.#log.probe(PROBE_PATIENCE);
  }

  async integrity(): Promise<readonly string[]> {
    this.#refuseWhenClosed();
    return hiddenStreams(this.#connection, this.#names);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#log.close();
    await this.#connection.close();
  }

  #followed(): FollowedLog {
    const known = this.#known;
    return {
      follow: ({ signal, ...options }) => {
        this.#refuseWhenClosed();
        return this.#log.follow({ ...options, signal: AbortSignal.any([signal, this.#closing.signal]) });
      },
      get known() {
        return known.text;
      },
      isAfter,
    };
  }

  async *#events(after?: Position): AsyncIterable<StoredEvent> {
    for (let from = after; ; ) {
      const { events, last } = await this.#log.page(from, COUNTED_AT_ONCE);
      yield* events;
      if (last === undefined) return;
      from = last;
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closing.signal.aborted) throw new LedgerError('ledger.closed', 'the store has been closed');
  }
}
