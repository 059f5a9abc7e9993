import type { NewEvent, Position, StoredEvent } from '../events/envelope.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';

/** The revision of a stream's last event; -1 asks that the stream does not exist yet. */
export type ExpectedRevision = number;

/** Creation demands that there is no stream of that name. */
export const NO_STREAM: ExpectedRevision = -1;

/** Where the record of a command stands. */
export interface RecordPlace {
  readonly commandId: string;
  readonly stream: string;
  readonly revision: number;
}

/** A stream and its last event. */
export interface StreamHead {
  readonly stream: string;
  readonly revision: number;
  readonly hash: string;
}

/** The part of an event that read models are built from; reading less is what makes a rebuild fast. */
export interface ScannedEvent {
  readonly stream: string;
  /** The stream's number, in a store that numbers them: what is known of a stream can stand in an array by it. */
  readonly streamNumber?: number;
  readonly revision: number;
  readonly type: string;
  readonly data: string;
}

/** The same with its metadata. */
export interface AnnotatedEvent extends ScannedEvent {
  readonly metadata: string;
}

/** A part of the streams, which only the store that has divided them can make sense of. */
export interface StreamPart {
  readonly half: 0 | 1 | 'both';
  readonly from: number;
  readonly until: number;
}

/** A part of the streams, and of all others the events of some types. */
export interface StreamShare extends StreamPart {
  readonly andTypes: readonly string[];
}

/** A page of the log, in the order of the log, and the position to go on from. */
export interface Page<Event> {
  readonly events: readonly Event[];
  readonly last: Position | undefined;
}

/** The folded state of a stream up to a revision, as whoever folds it has written it down. */
export interface Snapshot {
  readonly stream: string;
  readonly revision: number;
  /** The hash of the event at that revision; another one there means another history. */
  readonly hash: string;
  /** The form of the state; one of another version is of no use. */
  readonly version: string;
  readonly state: string;
  /** Covers all of the above, so that what was torn or altered is told apart. */
  readonly digest: string;
}

/**
 * Where states of long streams are kept, so that a command on an old one need not fold it from its first event. Never the
 * truth: everything in it can be missing, old or wrong, and whoever reads it checks it against the stream.
 */
export interface SnapshotStore {
  find(stream: string): Promise<Snapshot | undefined>;
  /** Keeps the snapshot in the place of an earlier one, some time soon; it may get lost. */
  put(snapshot: Snapshot): void;
  /** Where there are snapshots, of which version and up to which revision. */
  all(): Promise<readonly Pick<Snapshot, 'stream' | 'version' | 'revision'>[]>;
}

/**
 * Is told what a store does, for whoever watches a running ledger. It must not throw, and is called in the midst of the
 * work, so it has to be quick.
 */
export interface LedgerObserver {
  /** So many appends, with so many events, became durable in one transaction. */
  committed(transaction: { readonly appends: number; readonly events: number }): void;
  /** An append rested on a revision that somebody else had moved on. */
  conflicted(): void;
}

/**
 * What a store can do without waiting, where its process alone writes it: each is what the method of that name in
 * {@link EventStore} does, with its errors thrown.
 */
export interface StoreAtOnce {
  /** Whether all that was appended is durable, so that nothing has to be waited for; not once the store is closed. */
  isSettled(): boolean;
  /** To be looked at and not kept: it may be the store's own, which moves on with the stream. */
  head(stream: string): Pick<StreamHead, 'revision' | 'hash'> | undefined;
  commandRecord(commandId: string): StoredEvent | undefined;
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): void;
  /**
   * Like {@link EventStore.settled}, for whoever has appended all it wants to: where nobody else appends, the store need not
   * wait for others to join.
   */
  settled(): Promise<void>;
}

/**
 * What a store that other processes append to as well tells whoever follows its log. Positions are compared here alone:
 * they are opaque to everybody else.
 */
export interface FollowedLog {
  /**
   * Every event after a position, in batches as they arrive, and those that come while the signal has not been given. A
   * connection that was dropped is taken up again after the last batch that was asked for and given. `connected` is told
   * `true` each time when what was in the log as the connection began has been taken, and `false` when it is lost. Errors: `store.corrupt` for what is no event of a ledger, `query.invalid` for no position of this store.
   */
  follow(options: {
    readonly after?: Position | undefined;
    readonly signal: AbortSignal;
    readonly connected?: (isConnected: boolean) => void;
  }): AsyncIterable<readonly StoredEvent[]>;
  /**
   * The last place of the log that this process knows of: of what it has appended itself, and of the events it has read. A
   * question asked here after that is to see everything up to it.
   */
  readonly known: Position | undefined;
  /** Whether a place comes after another. Errors: `query.invalid` for what is no position of this store. */
  isAfter(position: Position, other: Position): boolean;
}

/**
 * The port of an event store. One stream per append, since that is what a cluster can promise too. Positions are opaque
 * strings. Every adapter answers an append of the same event ids at the same expected revision as it did the first time.
 */
export interface EventStore {
  /**
   * Whether other processes may append as well. A state in memory may then be behind its stream: what is accepted on it is
   * proved by the expected revision, what is refused on it has to be asked of the stream itself.
   */
  readonly shared: boolean;
  /** Where the store is shared. Without it whoever keeps read models asks for the rest of the log at every question. */
  readonly followed?: FollowedLog | undefined;
  /**
   * Appends to one stream, or throws {@link ConflictError} and changes nothing. An event that would be the second record
   * of a command is a {@link CommandRecordedError}; for that an adapter needs to remember only those recorded lately,
   * since whoever appends has looked for the record before. The answer means that the events are in
   * order and visible to this process; they are durable when {@link settled} resolves.
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<void>;
  /** Resolves when everything appended so far is durable; rejects when it was lost. */
  settled(): Promise<void>;
  /** Makes everything appended so far durable now, without waiting for others to join. */
  flush(): Promise<void>;
  /**
   * Makes what is appended durable and then runs the work before anybody appends again. Read models that share a file
   * with the store write in here; the work must not wait for anything.
   */
  betweenAppends<Answer>(work: () => Answer): Answer;
  /**
   * The file whose log this process moves into it in time, whoever has written there in {@link betweenAppends}: others do
   * well to leave that to it.
   */
  readonly checkpointedFile?: string | undefined;
  /** The events of one stream in order, from a revision on; an unknown stream has none. */
  read(stream: string, options?: { readonly from?: number; readonly limit?: number }): Promise<readonly StoredEvent[]>;
  /** The last event of a stream, as the store keeps it apart from the events themselves. */
  head(stream: string): Promise<StreamHead | undefined>;
  /** For the hot paths, which do without where an adapter has it not. */
  readonly atOnce?: StoreAtOnce | undefined;
  /** All heads the store keeps, in no particular order. */
  heads(): AsyncIterable<StreamHead>;
  /** Where a store keeps no heads apart and reads its whole log for them: to hold them against the log says nothing. */
  readonly headsFromLog?: true | undefined;
  /** A page of the log after a position, whole events. */
  readAll(options: { readonly after?: Position | undefined; readonly limit: number }): Promise<Page<StoredEvent>>;
  /** A page of the log after a position, only what read models need. */
  scan(options: { readonly after?: Position | undefined; readonly limit: number }): Promise<Page<ScannedEvent>>;
  /** The event that stands at a position this store has given; none where there is no such event. */
  at(position: Position): Promise<StoredEvent | undefined>;
  /** How many events come after a position; all of them without one. A store that has to read them stops at `atMost`. */
  countAfter(position?: Position, atMost?: number): Promise<number>;
  /** The last event of the log, none in an empty store. */
  last(): Promise<StoredEvent | undefined>;
  /** Every event after a position, and those that come while the signal has not been given. */
  subscribe(options: { readonly after?: Position; readonly signal: AbortSignal }): AsyncIterable<StoredEvent>;
  /** The event that is the record of a command: the one appended with that `recordOf`. */
  commandRecord(commandId: string): Promise<StoredEvent | undefined>;
  /**
   * For whoever copies a log into the store: notes where the records of commands are going to stand, so that the events
   * can be appended without `recordOf`. Every process finds them once {@link settled} resolves. Left out where `recordOf`
   * costs nothing.
   */
  noteRecords?(places: readonly RecordPlace[]): Promise<void>;
  /**
   * Where a log was copied in that several nodes had written, so that `recordedAt` decreases here and there from one
   * stream to another: the latest of them. None where it never decreases along the log (SPEC section 2).
   */
  readonly timesByStreamUpTo?: Instant | undefined;
  /** For whoever copies such a log: remembers it in the transaction of what is appended next. */
  keepTimesByStream?(upTo: Instant): void;
  /** Where an adapter has a place for them; without one, streams are folded from their first event. */
  readonly snapshots?: SnapshotStore | undefined;
  /**
   * Makes a write durable that changes nothing, so that a store which cannot be written is known before somebody's command
   * finds out. Errors: `store.unavailable`, `ledger.closed`, `ledger.read_only`.
   */
  probe(): Promise<void>;
  /** What is wrong with the store below the level of events, one sentence each. */
  integrity(): Promise<readonly string[]>;
  /** Counts the times appended events were lost before they were durable; whoever keeps states compares it. */
  readonly losses: number;
  close(): Promise<void>;
}

/** An adapter that can tell streams apart without reading their events, so that two readers can share a log. */
export interface EventStoreInHalves extends EventStore {
  /**
   * Divides the streams into so many pairs of parts, alike in size. Every stream belongs to exactly one part, one that is
   * yet to come too.
   */
  divide(pairs: number): Promise<readonly (readonly [StreamPart, StreamPart])[]>;
  /** While the whole log is being read the store holds less of it in memory: what is read once is not asked for again. */
  whileReadingAll<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  /** As `scan`, only of some streams and only up to a position. Shorter than the limit, a page is the last one. */
  scanShare(options: {
    readonly after?: Position | undefined;
    readonly upTo: Position;
    readonly limit: number;
    readonly share: StreamShare;
  }): Promise<Page<ScannedEvent>>;
  /** The same, with what is known about the events besides. */
  readShare(options: Parameters<EventStoreInHalves['scanShare']>[0]): Promise<Page<AnnotatedEvent>>;
}

/** Somebody else has appended to the stream: load it again and decide anew. */
export class ConflictError extends LedgerError {
  readonly stream: string;

  constructor(stream: string, expected: ExpectedRevision, actual: number) {
    super('store.conflict', `stream ${stream} is at revision ${actual}, not at ${expected}`);
    this.name = 'ConflictError';
    this.stream = stream;
  }
}

/** The command has its record already, in this stream or another: deciding anew would not help. */
export class CommandRecordedError extends LedgerError {
  constructor(commandId: string) {
    super('store.conflict', `command ${commandId} has been recorded already`);
    this.name = 'CommandRecordedError';
  }
}

/**
 * The command may still be recorded by an event on its way to another stream, which nobody has appended for a while. A
 * fence there, after the revision the stream has now, settles whether it comes.
 */
export class CommandPendingError extends LedgerError {
  readonly stream: string;

  constructor(commandId: string, stream: string) {
    const sentence = `command id ${commandId} is claimed for stream ${stream} and not recorded there; it may be sent again`;
    super('store.unavailable', sentence);
    this.name = 'CommandPendingError';
    this.stream = stream;
  }
}

/**
 * Whether the stored events are the very ones that are being appended, so that the append has happened before. The hash
 * covers everything an event says, so another event under the same id is told apart.
 */
export function isSameAppend(
  stored: readonly { readonly id: string; readonly hash: string }[],
  events: readonly NewEvent[],
): boolean {
  return (
    stored.length === events.length &&
    stored.every(({ id, hash }, index) => id === events[index]?.id && hash === events[index]?.hash)
  );
}
