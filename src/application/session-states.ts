import type { LedgerEvent } from '../events/catalogue.ts';
import { compareInstants } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import type { Category } from './categories.ts';
import type { LoadedStream, StreamCache } from './stream-cache.ts';

/**
 * The states a command is decided on. Where the store is shared they are taken as they are in memory, until they are to be
 * confirmed.
 */
export class SessionStates {
  readonly #streams: StreamCache;
  readonly #store: EventStore;
  /** Whether states are compared with their streams before anything is decided on them. */
  #confirms: boolean;
  #latestRead: Pick<LoadedStream<unknown>, 'stream' | 'recordedAt'> | undefined;

  constructor(
    { store, streams }: { readonly store: EventStore; readonly streams: StreamCache },
    { confirms }: { readonly confirms: boolean },
  ) {
    this.#store = store;
    this.#streams = streams;
    this.#confirms = confirms;
  }

  /** The stream that was recorded to last of those the command has read; known where the store is shared. */
  protected get latestRead(): Pick<LoadedStream<unknown>, 'stream' | 'recordedAt'> | undefined {
    return this.#latestRead;
  }

  /** What {@link load} would answer, when it can be had without waiting: the hot paths ask for this first. */
  atHand<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): LoadedStream<State> | undefined {
    const loaded = this.shared && this.#confirms ? undefined : this.#streams.atHand(category, stream);
    return loaded && this.#read(loaded);
  }

  /** As {@link atHand} where it does not matter whether the store has more of the stream by now. */
  inMemory<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): LoadedStream<State> | undefined {
    const loaded = this.shared && this.#confirms ? undefined : this.#streams.inMemory(category, stream);
    return loaded && this.#read(loaded);
  }

  /** As {@link atHand} for the stream of an id that the events of another stream name. */
  atHandFrom<State, Event extends LedgerEvent>(
    leading: LoadedStream<unknown>,
    category: Category<State, Event>,
    nameOf: (id: string) => string,
    id: string,
  ): LoadedStream<State> | undefined {
    if (this.shared && this.#confirms) return undefined;
    const loaded = this.#streams.atHandFrom(leading, category, nameOf, id);
    return loaded && this.#read(loaded);
  }

  /** Whether other processes may append to the store as well. */
  get shared(): boolean {
    return this.#store.shared;
  }

  /** Whether a refusal may rest on a state that is behind its stream; then it has to be confirmed before it is told. */
  get mayBeBehind(): boolean {
    return this.shared && !this.#confirms;
  }

  /** From now on states are compared with their streams whenever they are loaded. */
  confirmStates(): void {
    this.#confirms = true;
  }

  /** Does the work on states that are compared with their streams. */
  async onConfirmedStates<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const before = this.#confirms;
    this.#confirms = true;
    try {
      return await work();
    } finally {
      this.#confirms = before;
    }
  }

  async load<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): Promise<LoadedStream<State>> {
    return this.#read(await this.#streams.load(category, stream, { confirmed: this.#confirms }));
  }

  /** As {@link load}, with a stream that was never met taken for one that is not there: the append will tell. */
  async assumed<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): Promise<LoadedStream<State>> {
    return this.mayBeBehind ? this.#read(this.#streams.assumed(category, stream)) : this.load(category, stream);
  }

  /** For what may be read a moment old: as {@link load} while the log is followed, else as {@link current}. */
  recent<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): Promise<LoadedStream<State>> {
    return this.#streams.isFollowed ? this.load(category, stream) : this.current(category, stream);
  }

  /**
   * The stream as it is now, whatever is in memory: for what is read of streams that the command does not append to.
   * `decides` is false for what is read only to find out whether somebody has left something behind.
   */
  async current<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
    { decides = true }: { readonly decides?: boolean } = {},
  ): Promise<LoadedStream<State>> {
    const loaded = await this.#streams.load(category, stream, { confirmed: true });
    return decides ? this.#read(loaded) : loaded;
  }

  async loadWhole<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): Promise<LoadedStream<State>> {
    return this.#read(await this.#streams.loadWhole(category, stream));
  }

  /** Remembers which of the streams that the command is decided on was recorded to last. */
  #read<State>(loaded: LoadedStream<State>): LoadedStream<State> {
    const { stream, recordedAt } = loaded;
    if (recordedAt === undefined) return loaded;
    const latest = this.#latestRead?.recordedAt;
    if (latest === undefined || compareInstants(latest, recordedAt) < 0) this.#latestRead = { stream, recordedAt };
    return loaded;
  }
}
