import type { LedgerEvent } from '../events/catalogue.ts';
import type { Instant } from '../kernel/instant.ts';
import { NO_STREAM } from '../store/event-store.ts';
import type { Category } from './categories.ts';

/** A stream as far as it has been folded. The state is shared by all who hold it and moves on with the stream. */
export interface LoadedStream<State> {
  readonly stream: string;
  state: State;
  revision: number;
  hash: string;
  /** When the last event was recorded, as far as it is known: a snapshot does not tell. */
  recordedAt: Instant | undefined;
  /** Where this stream was last found to lead, a contract's to its certificate's: there from here without a name. */
  leadsTo: Kept | undefined;
  /** The id that it led there by. */
  leadsBy: string | undefined;
}

/** A stream folded up to a revision, whose event has that hash. */
export function loadedStream<State>({
  stream,
  state,
  revision,
  hash,
}: Pick<LoadedStream<State>, 'stream' | 'state' | 'revision' | 'hash'>): LoadedStream<State> {
  return { stream, state, revision, hash, recordedAt: undefined, leadsTo: undefined, leadsBy: undefined };
}

/** A stream in memory, and what is known of it. */
export interface Kept {
  loaded: LoadedStream<unknown>;
  readonly category: Category<unknown, LedgerEvent>;
  weight: number;
  /** The revision of the last snapshot. */
  snapshotAt: number;
  /** The stream is known to have events up to this revision; infinite where its head has to be asked for. */
  headAtLeast: number;
}

/** What was told of a stream since somebody began to work with it. */
export interface Heard {
  headAtLeast: number;
}

/** Roughly how many small objects all states together may hold. */
const WEIGHT_AT_MOST = 3_000_000;

/** The streams that are in memory, those used longest ago going first when there are too many, and which of them are behind. */
export class KeptStreams {
  readonly #streams = new Map<string, Kept>();
  /** By the streams that are just read or appended to, whether they are kept yet or not. */
  readonly #listening = new Map<string, Set<Heard>>();
  #weight = 0;

  find(stream: string): Kept | undefined {
    return this.#streams.get(stream);
  }

  /** The stream has an event of that revision; what is in memory, or is about to be, may be behind it. */
  notice(stream: string, revision: number): void {
    const kept = this.#streams.get(stream);
    if (kept !== undefined) raise(kept, revision);
    for (const heard of this.#listening.get(stream) ?? []) raise(heard, revision);
  }

  /** Does work with a stream and lets it know what is told of the stream meanwhile. */
  async during<Answer>(stream: string, work: (heard: Heard) => Promise<Answer>): Promise<Answer> {
    const heard: Heard = { headAtLeast: NO_STREAM };
    const others = this.#listening.get(stream) ?? new Set();
    this.#listening.set(stream, others.add(heard));
    try {
      return await work(heard);
    } finally {
      others.delete(heard);
      if (others.size === 0) this.#listening.delete(stream);
    }
  }

  /** Keeps a stream that was read or appended to, with what was told of it meanwhile. */
  keep(
    loaded: LoadedStream<unknown>,
    { category, snapshotAt, headAtLeast }: Pick<Kept, 'category' | 'snapshotAt' | 'headAtLeast'>,
  ): Kept {
    const weight = category.weight?.(loaded.state) ?? 10;
    const before = this.#streams.get(loaded.stream);
    this.#weight += weight - (before?.weight ?? 0);
    const kept = before ?? { loaded, category, weight, snapshotAt, headAtLeast };
    // Somebody else may have read further meanwhile.
    raise(kept, Math.max(headAtLeast, kept.loaded.revision));
    kept.loaded = loaded;
    kept.weight = weight;
    if (before === undefined) this.#streams.set(loaded.stream, kept);
    else if (this.#weight > WEIGHT_AT_MOST / 2) this.#moveToEnd(loaded.stream, kept);
    this.#makeRoom(loaded.stream);
    return kept;
  }

  all(): Iterable<Kept> {
    return this.#streams.values();
  }

  clear(): void {
    for (const kept of this.#streams.values()) letGo(kept);
    this.#streams.clear();
    this.#weight = 0;
  }

  /** The order of use matters only when it soon decides who has to go; until then keeping it is left out. */
  #moveToEnd(stream: string, kept: Kept): void {
    this.#streams.delete(stream);
    this.#streams.set(stream, kept);
  }

  #makeRoom(latest: string): void {
    if (this.#weight <= WEIGHT_AT_MOST) return;
    for (const [stream, kept] of this.#streams) {
      const { weight } = kept;
      if (this.#weight <= WEIGHT_AT_MOST || stream === latest) break;
      this.#streams.delete(stream);
      this.#weight -= weight;
      letGo(kept);
    }
  }
}

/** Whether its state has had to go; then another may be kept in its place. */
export function isLetGo({ loaded }: Kept): boolean {
  return loaded.revision === NO_STREAM;
}

/** Whoever leads to the stream must neither hold its state in memory nor take it for the one that is kept later. */
function letGo(kept: Kept): void {
  kept.loaded = loadedStream({ stream: kept.loaded.stream, state: undefined, revision: NO_STREAM, hash: '' });
}

function raise(known: Heard, revision: number): void {
  if (known.headAtLeast < revision) known.headAtLeast = revision;
}
