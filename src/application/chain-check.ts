import { chainHash } from '../events/chain.ts';
import type { Position, StoredEvent } from '../events/envelope.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { EventStore, Page, StreamHead } from '../store/event-store.ts';
import { StreamHeads } from './stream-heads.ts';

/** A digest over the heads of all streams, and the point of the log it was taken at. */
export interface ExpectedDigest {
  readonly position: Position | null;
  readonly digest: string;
}

/** What a check of the file, the hash chains and the kept heads has come to. */
export interface CheckedChain extends ExpectedDigest {
  readonly findings: readonly string[];
}

const PAGE = 500;

/** Checks the file below the events, every event's place in its stream's hash chain, and the heads the store keeps. */
export class ChainCheck {
  readonly #store: EventStore;
  readonly #expected: ExpectedDigest | undefined;
  readonly #findings: string[] = [];
  readonly #heads = new StreamHeads();
  #position: Position | undefined;
  #digestThen: string | undefined;

  /** With an earlier digest it also checks that what stood in the log then stands there now. */
  constructor(store: EventStore, expected?: ExpectedDigest) {
    this.#store = store;
    this.#expected = expected;
  }

  /** Before the first event is read. */
  async begin(): Promise<void> {
    this.#findings.push(...(await this.#store.integrity()));
    if (this.#expected?.position === null) this.#digestThen = this.#heads.digest();
  }

  /** Reads so many events, or to the end of the log. */
  async readAtMost(events: number): Promise<void> {
    let left = events;
    if (left > 0) await this.#read(() => --left === 0);
  }

  /** Reads on up to the event at that position, or to the end of the log where it has no such event. */
  async readTo(position: Position | undefined): Promise<void> {
    if (position !== undefined && position !== this.#position)
      await this.#read((stored) => stored.position === position);
  }

  /** Takes the next event of the log. */
  take(stored: StoredEvent): void {
    const { stream, revision } = stored;
    const next = this.#heads.revisionOf(stream) + 1;
    if (revision !== next) this.#findings.push(`${placeOf(stored)}: revision ${next} is missing`);
    const link = chainHash(this.#heads.hashOf(stream), stream, revision, stored);
    if (link !== stored.hash)
      this.#findings.push(`${placeOf(stored)}: the event or one before it was changed, its hash differs`);
    this.#heads.set(stream, revision, link);
    this.#position = stored.position;
    if (stored.position === this.#expected?.position) this.#digestThen = this.#heads.digest();
  }

  /** After the last event: whether all that was kept apart or digested earlier has been met. */
  async end(): Promise<CheckedChain> {
    const digest = this.#heads.digest();
    if (this.#store.headsFromLog !== true) {
      for await (const kept of this.#store.heads()) await this.#checkKept(kept);
    }
    if (this.#expected !== undefined && this.#digestThen !== this.#expected.digest) {
      const { position, digest } = this.#expected;
      this.#findings.push(`what stood at position ${position ?? 'none'} has changed: its digest is not ${digest}`);
    }
    return { findings: this.#findings, position: this.#position ?? null, digest };
  }

  async #read(isEnough: (stored: StoredEvent) => boolean): Promise<void> {
    for (;;) {
      const page = await nextPage(this.#store, this.#position, this.#findings);
      if (page === undefined) return;
      for (const stored of page.events) {
        this.take(stored);
        if (isEnough(stored)) return;
      }
      if (isLast(page)) return;
    }
  }

  async #checkKept(kept: StreamHead): Promise<void> {
    const revision = this.#heads.revisionOf(kept.stream);
    if (kept.revision < revision) {
      this.#findings.push(`stream ${kept.stream} ends at revision ${revision}, its kept head is at ${kept.revision}`);
      return;
    }
    if (kept.revision === revision && kept.hash === this.#heads.hashOf(kept.stream)) return;
    // Whoever appends meanwhile moves heads on, and then the event of the head is there.
    if (kept.revision > revision && (await this.#hasBeenAppended(kept))) return;
    this.#findings.push(
      `stream ${kept.stream} ends at revision ${revision < 0 ? 'none' : revision}, its kept head is at revision ${kept.revision} or has another hash`,
    );
  }

  async #hasBeenAppended({ stream, revision, hash }: StreamHead): Promise<boolean> {
    const [event] = await this.#store.read(stream, { from: revision, limit: 1 });
    if (event === undefined || event.hash !== hash) return false;
    const { followed } = this.#store;
    if (followed !== undefined) return this.#position === undefined || followed.isAfter(event.position, this.#position);
    const read = await this.#store.countAfter(this.#position);
    return read > (await this.#store.countAfter(event.position));
  }
}

/** The next page of the log; none when it cannot be read, which is a finding like any other. */
export async function nextPage(
  store: EventStore,
  after: Position | undefined,
  findings: string[],
): Promise<Page<StoredEvent> | undefined> {
  try {
    return await store.readAll({ after, limit: PAGE });
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'store.corrupt') throw error;
    findings.push(`${error.message}; what follows after position ${after ?? 'none'} was not checked`);
    return undefined;
  }
}

/** Whether a page is the last one there is now. */
export function isLast(page: Page<StoredEvent>): boolean {
  return page.events.length < PAGE;
}

/** Where an event stands, in the words of a finding. */
export function placeOf({ stream, revision, position }: StoredEvent): string {
  return `stream ${stream}, revision ${revision}, position ${position}`;
}
