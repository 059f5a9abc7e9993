import { hash } from 'node:crypto';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { LedgerEvent } from '../events/catalogue.ts';
import { CHAIN_START, chainHash } from '../events/chain.ts';
import { checkedEvent, decodeMetadata } from '../events/codec.ts';
import type { EventMetadata, Position, StoredEvent } from '../events/envelope.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import { compareInstants, parseInstant } from '../kernel/instant.ts';
import { compareCodePoints } from '../kernel/order.ts';
import type { EventStore, Page, StreamHead } from '../store/event-store.ts';

/** A digest over the heads of all streams, and the point of the log it was taken at. */
export interface ExpectedDigest {
  readonly position: Position | null;
  readonly digest: string;
}

/** What a check of the log alone found. */
export interface LogVerification extends ExpectedDigest {
  readonly ok: boolean;
  readonly findings: readonly string[];
  readonly events: number;
}

/** Takes every event whose form is right, in the order of the log. */
export type EventObserver = (event: LedgerEvent, stored: StoredEvent, metadata: EventMetadata) => void;

interface Head {
  revision: number;
  hash: string;
  /** What the store kept apart as the stream's end when the check began. */
  readonly kept?: StreamHead;
  keptSeen: boolean;
}

const PAGE = 2_000;
/** How many pages are checked before others have their turn. */
const PAGES_PER_TURN = 20;

/** Checks the log alone, without a replay and without read models. */
export async function verify(store: EventStore, expected?: ExpectedDigest): Promise<LogVerification> {
  const log = new LogCheck(store, { expected, observe: () => undefined });
  await log.begin();
  await log.readOn();
  await log.end();
  const { findings, events, position = null } = log;
  return { ok: findings.length === 0, findings, events, position, digest: log.digest() };
}

/** Checks the log: every event's form and place in its stream's hash chain, the kept heads, the clock and the file. */
export class LogCheck {
  readonly findings: string[] = [];
  readonly #store: EventStore;
  readonly #expected: ExpectedDigest | undefined;
  readonly #observe: EventObserver;
  readonly #heads = new Map<string, Head>();
  #position: Position | undefined;
  #recordedAt: Instant | undefined;
  #events = 0;
  #digestThen: string | undefined;
  #readable = true;

  /** With an earlier digest it also checks that what stood in the log then stands there now. */
  constructor(store: EventStore, options: { readonly expected?: ExpectedDigest | undefined; observe: EventObserver }) {
    this.#store = store;
    this.#expected = options.expected;
    this.#observe = options.observe;
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

  /** Before the first event is read: the file below the events, and where each stream ends by what the store kept. */
  async begin(): Promise<void> {
    this.findings.push(...(await this.#store.integrity()));
    for await (const kept of this.#store.heads()) {
      this.#heads.set(kept.stream, { revision: -1, hash: CHAIN_START, kept, keptSeen: false });
    }
    if (this.#expected?.position === null) this.#digestThen = this.digest();
  }

  /** Reads on to the end of the log as it is then. */
  async readOn(progress?: (done: number, total: number) => void): Promise<void> {
    const total = this.#events + (await this.#store.countAfter(this.#position));
    for (let pages = 1; ; pages += 1) {
      const page = await this.#nextPage();
      if (page === undefined) return;
      for (const stored of page.events) this.#check(stored);
      this.#position = page.last ?? this.#position;
      progress?.(this.#events, Math.max(total, this.#events));
      if (page.events.length < PAGE) return;
      if (pages % PAGES_PER_TURN === 0) await othersTurn();
    }
  }

  /** After the last event: whether all that was kept apart or digested earlier has been met. */
  async end(): Promise<void> {
    for (const [stream, { kept, keptSeen, revision }] of this.#heads) {
      if (kept === undefined || keptSeen) continue;
      this.findings.push(
        `stream ${stream} ends at revision ${revision < 0 ? 'none' : revision}, its kept head is at revision ${kept.revision} or has another hash`,
      );
    }
    // Whoever appends meanwhile moves heads on; one that lies behind the events was set back.
    for await (const kept of this.#store.heads()) {
      const { revision = -1 } = this.#heads.get(kept.stream) ?? {};
      if (kept.revision >= revision) continue;
      this.findings.push(`stream ${kept.stream} ends at revision ${revision}, its kept head is at ${kept.revision}`);
    }
    if (this.#expected !== undefined && this.#digestThen !== this.#expected.digest) {
      const { position, digest } = this.#expected;
      this.findings.push(`what stood at position ${position ?? 'none'} has changed: its digest is not ${digest}`);
    }
  }

  /** SHA-256, base64url, over the heads of all streams as far as they have been read, by stream name. */
  digest(): string {
    const read = [...this.#heads].filter(([, { revision }]) => revision >= 0);
    const lines = read
      .sort(([a], [b]) => compareCodePoints(a, b))
      .map(([stream, head]) => `${JSON.stringify(stream)} ${head.revision} ${head.hash}\n`);
    return hash('sha256', lines.join(''), 'base64url');
  }

  /** The next page of the log; none when it cannot be read, which is a finding like any other. */
  async #nextPage(): Promise<Page<StoredEvent> | undefined> {
    try {
      return await this.#store.readAll({ after: this.#position, limit: PAGE });
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'store.corrupt') throw error;
      this.#readable = false;
      this.findings.push(`${error.message}; what follows after position ${this.#position ?? 'none'} was not checked`);
      return undefined;
    }
  }

  #check(stored: StoredEvent): void {
    this.#checkChain(stored);
    const metadata = this.#checkTime(stored);
    const event = this.#checkForm(stored);
    this.#events += 1;
    if (event === undefined || metadata === undefined) this.#readable = false;
    else this.#observe(event, stored, metadata);
    if (stored.position === this.#expected?.position) this.#digestThen = this.digest();
  }

  #checkChain(stored: StoredEvent): void {
    const { stream, revision } = stored;
    let head = this.#heads.get(stream);
    if (head === undefined) {
      head = { revision: -1, hash: CHAIN_START, keptSeen: false };
      this.#heads.set(stream, head);
    }
    if (revision !== head.revision + 1)
      this.findings.push(`${placeOf(stored)}: revision ${head.revision + 1} is missing`);
    const link = chainHash(head.hash, stream, revision, stored);
    if (link !== stored.hash)
      this.findings.push(`${placeOf(stored)}: the event or one before it was changed, its hash differs`);
    head.revision = revision;
    head.hash = link;
    if (head.kept?.revision === revision && head.kept.hash === link) head.keptSeen = true;
  }

  #checkForm(stored: StoredEvent): LedgerEvent | undefined {
    try {
      return checkedEvent(stored);
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof LedgerError)) throw error;
      this.findings.push(`${placeOf(stored)}: ${error.message}`);
      return undefined;
    }
  }

  #checkTime(stored: StoredEvent): EventMetadata | undefined {
    const last = this.#recordedAt;
    try {
      const metadata = decodeMetadata(stored);
      const { recordedAt } = metadata;
      if (recordedAt === last) return metadata;
      if (typeof recordedAt !== 'string' || parseInstant(recordedAt) === undefined) {
        this.findings.push(`position ${stored.position}: its metadata does not say when it was recorded`);
        return undefined;
      }
      if (last !== undefined && compareInstants(recordedAt, last) < 0) {
        this.findings.push(`position ${stored.position}: recorded at ${recordedAt}, before ${last}`);
      }
      this.#recordedAt = recordedAt;
      return metadata;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.findings.push(`position ${stored.position}: ${error.message}`);
      return undefined;
    }
  }
}

function placeOf({ stream, revision, position }: StoredEvent): string {
  return `stream ${stream}, revision ${revision}, position ${position}`;
}
