import type { LedgerEvent } from '../events/catalogue.ts';
import { CHAIN_START } from '../events/chain.ts';
import { decodeEvent, decodeMetadata, encodeEvent } from '../events/codec.ts';
import type { EventMetadata, NewEvent, StoredEvent } from '../events/envelope.ts';
import type { FenceEvent } from '../events/fence.ts';
import { isFence } from '../events/fence.ts';
import type { EventStore, StoreAtOnce } from '../store/event-store.ts';
import { NO_STREAM } from '../store/event-store.ts';
import type { Category } from './categories.ts';
import type { Heard, Kept, LoadedStream } from './kept-streams.ts';
import { isLetGo, KeptStreams, loadedStream } from './kept-streams.ts';
import { Snapshots } from './snapshots.ts';

export type { LoadedStream } from './kept-streams.ts';

/** When a stream's last event was recorded, where that is known. */
type Recorded = Partial<Pick<LoadedStream<unknown>, 'recordedAt'>>;

/** Tells of every event of a shared store as it arrives, so that it is known which states in memory are behind. */
export interface LogFeed {
  onEvent(listener: (event: Pick<StoredEvent, 'stream' | 'revision' | 'type'>) => void): void;
  /** Whether the events are on their way here as they are appended. */
  readonly isLive: boolean;
}

/** So many small objects of states are written down in about a second. */
const WEIGHT_AT_END = 1_000_000;
/** How many events of a stream are read at once. */
const READ_AT_ONCE = 5_000;

/**
 * The streams lately used, folded. A command then costs the same whatever the age of its stream: what is in memory is
 * compared with the stream's head, and only what came since is read. What is not in memory begins with a snapshot, where
 * the store keeps them. Where the store is shared, asking for a head costs a way to the server: a state is then taken as it
 * is, unless the stream is known to have moved on, and whoever refuses something asks for it again with `confirmed`.
 */
export class StreamCache {
  readonly #store: EventStore;
  readonly #snapshots: Snapshots;
  readonly #feed: LogFeed | undefined;
  readonly #kept = new KeptStreams();
  #losses: number;

  constructor(store: EventStore, feed?: LogFeed) {
    this.#store = store;
    this.#feed = feed;
    feed?.onEvent(({ stream, revision }) => this.#kept.notice(stream, revision));
    this.#snapshots = new Snapshots(store);
    this.#losses = store.losses;
  }

  /** The stream as {@link load} would answer it, when that needs no reading and the store knows its head at once. */
  atHand<State, Event extends LedgerEvent>(
    _category: Category<State, Event>,
    stream: string,
  ): LoadedStream<State> | undefined {
    this.#forgetWhatWasLost();
    const kept = this.#kept.find(stream);
    return kept && this.#ifUpToDate<State>(kept);
  }

  /** The stream as it is in memory, which may be behind what the store has; undefined where it is not in memory. */
  inMemory<State, Event extends LedgerEvent>(
    _category: Category<State, Event>,
    stream: string,
  ): LoadedStream<State> | undefined {
    this.#forgetWhatWasLost();
    if (this.#store.shared) return this.#taken(stream);
    return this.#kept.find(stream)?.loaded as LoadedStream<State> | undefined;
  }

  /**
   * As {@link atHand} for the stream of an id that the events of another stream name. `nameOf` is called where that stream has not
   * led there before: to find one of many by its name costs more than anything else a command on it needs of the memory.
   */
  atHandFrom<State, Event extends LedgerEvent>(
    leading: LoadedStream<unknown>,
    _category: Category<State, Event>,
    nameOf: (id: string) => string,
    id: string,
  ): LoadedStream<State> | undefined {
    if (leading.leadsBy !== id || leading.leadsTo === undefined || isLetGo(leading.leadsTo)) {
      leading.leadsTo = this.#kept.find(nameOf(id));
      leading.leadsBy = id;
    }
    return leading.leadsTo && this.#ifUpToDate<State>(leading.leadsTo);
  }

  #ifUpToDate<State>(kept: Kept): LoadedStream<State> | undefined {
    const { atOnce, shared } = this.#store;
    const loaded = kept.loaded as LoadedStream<State>;
    if (shared) return loaded.revision < kept.headAtLeast ? undefined : loaded;
    // Asked by the name as it was kept: a text that is the very one in a map is found faster than an equal one.
    return loaded.revision === atOnce?.head(loaded.stream)?.revision ? loaded : undefined;
  }

  /** The stream with everything folded that is in it now; where the store is shared, only if that is to be confirmed. */
  async load<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
    { confirmed = false }: { readonly confirmed?: boolean } = {},
  ): Promise<LoadedStream<State>> {
    const taken = this.#store.shared && !confirmed ? this.#taken<State>(stream) : undefined;
    return taken ?? this.#confirmed(category, stream);
  }

  /** Whether every event is told soon after it was appended, whoever has appended it. */
  get isFollowed(): boolean {
    return this.#feed?.isLive ?? false;
  }

  /** The stream as it is in memory, and an empty one where it is not. */
  assumed<State, Event extends LedgerEvent>(category: Category<State, Event>, stream: string): LoadedStream<State> {
    return this.#taken<State>(stream) ?? empty(category, stream);
  }

  #taken<State>(stream: string): LoadedStream<State> | undefined {
    const kept = this.#kept.find(stream);
    return kept === undefined || kept.loaded.revision < kept.headAtLeast
      ? undefined
      : (kept.loaded as LoadedStream<State>);
  }

  #confirmed<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): Promise<LoadedStream<State>> {
    return this.#kept.during(stream, (heard) => this.#upToDate(category, stream, heard));
  }

  async #upToDate<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
    heard: Heard,
  ): Promise<LoadedStream<State>> {
    this.#forgetWhatWasLost();
    const before = this.#kept.find(stream);
    const known = before?.loaded as LoadedStream<State> | undefined;
    const head = await this.#store.head(stream);
    if (before?.headAtLeast === Number.POSITIVE_INFINITY) {
      before.headAtLeast = Math.max(head?.revision ?? NO_STREAM, heard.headAtLeast);
    }
    if (known !== undefined && known.revision === (head?.revision ?? NO_STREAM)) return known;
    if (head === undefined) return known ?? empty(category, stream);
    const loaded = known ?? (await this.#restored(category, stream)) ?? empty(category, stream);
    const from = loaded.revision;
    if (from !== head.revision) await this.#catchUp(category, loaded);
    if (category.trim !== undefined) loaded.state = category.trim(loaded.state);
    const kept = this.#keep(category, loaded, { snapshotAt: from, headAtLeast: heard.headAtLeast });
    if (this.#snapshots.isDueAtLoad(from, loaded.revision)) this.#takeSnapshot(category, loaded, kept);
    return loaded;
  }

  async #restored<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): Promise<LoadedStream<State> | undefined> {
    const restored = await this.#snapshots.restore(category, stream);
    return restored && loadedStream(restored);
  }

  /** The stream folded from its first event, nothing trimmed; for the few questions about archived parts. */
  async loadWhole<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): Promise<LoadedStream<State>> {
    const loaded = empty(category, stream);
    await this.#catchUp(category, loaded);
    return loaded;
  }

  /** Appends events decided on this very state, and folds them into it. Throws ConflictError when it has moved on. */
  async append<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
    events: readonly (Event | FenceEvent)[],
    metadataOf: (index: number) => EventMetadata,
  ): Promise<void> {
    const { revision, stream } = loaded;
    const encoded = encodeAll(events, metadataOf, loaded);
    await this.#kept.during(stream, async (heard) => {
      try {
        await this.#store.append(stream, revision, encoded);
      } catch (error) {
        // Whether it was appended or not, the state in memory is no longer what can be decided on.
        this.#kept.notice(stream, Number.POSITIVE_INFINITY);
        throw error;
      }
      loaded.recordedAt = metadataOf(events.length - 1).recordedAt;
      // Somebody who loaded the stream meanwhile has folded these events already.
      if (loaded.revision === revision) this.#fold(category, loaded, events, encoded, heard.headAtLeast);
    });
  }

  /** Fences a stream after the event it ends with, whatever kind of stream it is. Throws ConflictError when it moves on. */
  async fence(stream: string, fenced: FenceEvent, metadataAfter: (last: Recorded) => EventMetadata): Promise<void> {
    const { revision = NO_STREAM, hash = CHAIN_START } = (await this.#store.head(stream)) ?? {};
    const [last] = revision === NO_STREAM ? [] : await this.#store.read(stream, { from: revision, limit: 1 });
    const metadata = metadataAfter(last === undefined ? {} : decodeMetadata(last));
    await this.#store.append(stream, revision, [encodeEvent(fenced, metadata, { stream, revision, hash })]);
    this.#kept.notice(stream, revision + 1);
  }

  /** The same as {@link append} for one event and without waiting, by a store that can. */
  appendAtOnce<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
    event: Event,
    metadata: EventMetadata,
    store: StoreAtOnce,
  ): void {
    const encoded = [encodeEvent(event, metadata, loaded)];
    store.append(loaded.stream, loaded.revision, encoded);
    this.#fold(category, loaded, [event], encoded, NO_STREAM);
  }

  #fold<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
    events: readonly (Event | FenceEvent)[],
    encoded: readonly NewEvent[],
    headAtLeast: number,
  ): void {
    for (const event of events) fold(category, loaded, event);
    loaded.revision += events.length;
    loaded.hash = encoded.at(-1)?.hash ?? loaded.hash;
    if (category.trim !== undefined) loaded.state = category.trim(loaded.state);
    const kept = this.#keep(category, loaded, { snapshotAt: NO_STREAM, headAtLeast });
    if (this.#snapshots.isDue(kept.snapshotAt, loaded.revision, kept.weight))
      this.#takeSnapshot(category, loaded, kept);
  }

  async #catchUp<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
  ): Promise<void> {
    for (;;) {
      const events = await this.#store.read(loaded.stream, { from: loaded.revision + 1, limit: READ_AT_ONCE });
      for (const stored of events) {
        // Two commands may catch up with the same stream at once; each event is folded by the first to reach it.
        if (stored.revision !== loaded.revision + 1) continue;
        fold(category, loaded, decodeEvent(stored) as Event);
        loaded.revision = stored.revision;
        loaded.hash = stored.hash;
      }
      const last = events.at(-1);
      if (last?.revision === loaded.revision && this.#store.shared) loaded.recordedAt = decodeMetadata(last).recordedAt;
      if (events.length < READ_AT_ONCE) return;
    }
  }

  #keep<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
    known: Pick<Kept, 'snapshotAt' | 'headAtLeast'>,
  ): Kept {
    return this.#kept.keep(loaded, { category, snapshotAt: known.snapshotAt, headAtLeast: known.headAtLeast });
  }

  #takeSnapshot<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
    kept: Kept,
  ): void {
    kept.snapshotAt = loaded.revision;
    this.#snapshots.keep(category, loaded);
  }

  /**
   * Keeps those states in snapshots that it would take the next process longest to fold, as many as can be written before
   * anybody who closes the ledger has to wait.
   */
  keepSnapshots(weightAtMost = WEIGHT_AT_END): void {
    this.#forgetWhatWasLost();
    const folds = ({ loaded, snapshotAt }: Kept) => loaded.revision - snapshotAt;
    const due = [...this.#kept.all()].filter(
      ({ category, loaded, snapshotAt }) =>
        category.snapshot !== undefined && this.#snapshots.isDueAtEnd(snapshotAt, loaded.revision),
    );
    let weight = 0;
    for (const kept of due.sort((a, b) => folds(b) - folds(a))) {
      weight += kept.weight;
      if (weight > weightAtMost) return;
      this.#takeSnapshot(kept.category, kept.loaded, kept);
    }
  }

  #forgetWhatWasLost(): void {
    if (this.#losses === this.#store.losses) return;
    this.#losses = this.#store.losses;
    this.#kept.clear();
  }
}

/** Folds one event into the state; a fence moves the revision on and nothing else. */
function fold<State, Event extends LedgerEvent>(
  category: Category<State, Event>,
  loaded: LoadedStream<State>,
  event: Event | FenceEvent,
): void {
  if (!isFence(event)) loaded.state = category.evolve(loaded.state, event);
}

/** Brings events into their stored form, each linked to the one before it. */
function encodeAll(
  events: readonly LedgerEvent[],
  metadataOf: (index: number) => EventMetadata,
  { stream, revision, hash }: { readonly stream: string; readonly revision: number; readonly hash: string },
): NewEvent[] {
  let after = { stream, revision, hash };
  return events.map((event, index) => {
    const encoded = encodeEvent(event, metadataOf(index), after);
    after = { stream, revision: after.revision + 1, hash: encoded.hash };
    return encoded;
  });
}

function empty<State, Event extends LedgerEvent>(
  category: Category<State, Event>,
  stream: string,
): LoadedStream<State> {
  return loadedStream({ stream, state: category.initial(), revision: NO_STREAM, hash: CHAIN_START });
}
