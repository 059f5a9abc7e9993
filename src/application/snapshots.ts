import { hash } from 'node:crypto';
import type { LedgerEvent } from '../events/catalogue.ts';
import type { EventStore, Snapshot } from '../store/event-store.ts';
import type { Category } from './categories.ts';

/** A stream folded up to a revision, whose event has that hash. */
interface Folded<State> {
  readonly stream: string;
  readonly state: State;
  readonly revision: number;
  readonly hash: string;
}

/** How many events are at least folded again rather than kept in one more snapshot. */
const EVENTS_AT_LEAST = 250;
/** A large state is written less often, so that writing it stays a small part of what its events cost. */
const WEIGHT_PER_EVENT = 4;
/** Who had to fold so many events when it came to a stream spares the next one the work. */
const FOLDED_AT_LOAD = 64;
/** To fold so many events again takes longer than to write a snapshot and to read it. */
const FOLDED_AFTER_END = 32;

/** Keeps the states of long streams and gives them back, whenever the stream itself bears them out. */
export class Snapshots {
  readonly #store: EventStore;

  constructor(store: EventStore) {
    this.#store = store;
  }

  /**
   * The state a snapshot holds, or undefined where there is none that can be trusted: another version, an altered text,
   * or a stream whose event at that revision is not the one the state was folded up to.
   */
  async restore<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    stream: string,
  ): Promise<Folded<State> | undefined> {
    const form = category.snapshot;
    if (form === undefined) return undefined;
    const snapshot = await this.#store.snapshots?.find(stream);
    if (snapshot === undefined || snapshot.version !== form.version || snapshot.digest !== digestOf(snapshot)) {
      return undefined;
    }
    const { revision } = snapshot;
    const [event] = await this.#store.read(stream, { from: revision, limit: 1 });
    if (event?.revision !== revision || event.hash !== snapshot.hash) return undefined;
    return { stream, state: form.read(JSON.parse(snapshot.state)), revision, hash: snapshot.hash };
  }

  /** Whether a stream that was folded from `from` on is worth a snapshot when it has just been loaded. */
  isDueAtLoad(from: number, to: number): boolean {
    return to - from >= FOLDED_AT_LOAD;
  }

  /** Whether it is worth a snapshot of a stream that nobody in this process will come to any more. */
  isDueAtEnd(last: number, revision: number): boolean {
    return revision - last >= FOLDED_AFTER_END;
  }

  /** Whether a stream has grown enough since its last snapshot. */
  isDue(last: number, revision: number, weight: number): boolean {
    return revision - last >= Math.max(EVENTS_AT_LEAST, weight / WEIGHT_PER_EVENT);
  }

  /** Keeps the state as it is now. */
  keep<State, Event extends LedgerEvent>(category: Category<State, Event>, folded: Folded<State>): void {
    const { snapshots } = this.#store;
    if (category.snapshot === undefined || snapshots === undefined) return;
    const { version, write } = category.snapshot;
    const { stream, revision } = folded;
    const snapshot = { stream, revision, hash: folded.hash, version, state: JSON.stringify(write(folded.state)) };
    snapshots.put({ ...snapshot, digest: digestOf(snapshot) });
  }
}

function digestOf({ stream, revision, hash: link, version, state }: Omit<Snapshot, 'digest'>): string {
  return hash('sha256', `${JSON.stringify(stream)}\n${revision}\n${link}\n${version}\n${state}`, 'base64url');
}
