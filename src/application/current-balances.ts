import type { Balance } from '../domain/certificate/balance.ts';
import { FoldedBalance } from '../domain/certificate/balance.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import { decodeEvent } from '../events/codec.ts';
import type { StoredEvent } from '../events/envelope.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { EventStore } from '../store/event-store.ts';
import { NO_STREAM } from '../store/event-store.ts';

/** How many certificates' balances are kept. */
const KEPT = 10_000;

/** A balance as of now, and the revision its stream stood at. Not to be changed: the same one is answered again. */
export interface CurrentBalance {
  readonly balance: Balance;
  readonly revision: number;
}

/** What is folded of a stream, and up to which event. */
interface Kept {
  readonly stream: string;
  readonly folded: FoldedBalance;
  revision: number;
  hash: string;
  /** None where events have been folded since it was given. */
  answer: CurrentBalance | undefined;
}

/**
 * The balances of certificates as of now. What was folded is kept, so that a certificate asked for again costs the events
 * that have come since. It counts only while the very event it ends with stands in the stream, by its hash: after a loss
 * another one may stand at the same revision.
 */
export class CurrentBalances {
  readonly #store: Pick<EventStore, 'settled' | 'head' | 'read' | 'atOnce'>;
  /** By the id of the certificate. */
  readonly #kept = new Map<string, Kept>();

  constructor(store: Pick<EventStore, 'settled' | 'head' | 'read' | 'atOnce'>) {
    this.#store = store;
  }

  /** The same as {@link of} without waiting; none where something has to be waited for, or folded. */
  atHand(certificateId: string): CurrentBalance | undefined {
    const { atOnce } = this.#store;
    if (atOnce === undefined || !atOnce.isSettled()) return undefined;
    const known = this.#kept.get(certificateId);
    if (known?.answer === undefined || atOnce.head(known.stream)?.hash !== known.hash) return undefined;
    return known.answer;
  }

  /** Errors: `certificate.not_found`. */
  async of(certificateId: string): Promise<CurrentBalance> {
    const { atOnce } = this.#store;
    await this.#store.settled();
    const known = this.#kept.get(certificateId);
    if (known?.answer !== undefined) {
      const { stream, hash } = known;
      const head = atOnce === undefined ? await this.#store.head(stream) : atOnce.head(stream);
      // Somebody may have folded what has come since, and then there is no answer any more.
      if (head?.hash === hash && known.answer !== undefined) return known.answer;
    }
    const kept = (known && (await this.#foldedOn(known))) ?? (await this.#foldedAnew(certificateId));
    if (kept === undefined) {
      throw new LedgerError('certificate.not_found', `there is no certificate ${certificateId}`);
    }
    kept.answer ??= frozen({ balance: kept.folded.toObject(certificateId), revision: kept.revision });
    return kept.answer;
  }

  /** Folds what has come since; none where the stream is not the one that was folded. */
  async #foldedOn(kept: Kept): Promise<Kept | undefined> {
    const { stream, revision, hash } = kept;
    const [last, ...later] = await this.#store.read(stream, { from: revision });
    if (last?.hash !== hash) return undefined;
    for (const stored of later) add(stored, kept);
    // Somebody who asked at the same time may have folded these events, and then they are the same.
    return kept.hash === (later.at(-1) ?? last).hash ? kept : undefined;
  }

  async #foldedAnew(certificateId: string): Promise<Kept | undefined> {
    const stream = certificateStream(certificateId);
    const kept: Kept = { stream, folded: new FoldedBalance(), revision: NO_STREAM, hash: '', answer: undefined };
    for (const stored of await this.#store.read(stream)) add(stored, kept);
    if (kept.revision === NO_STREAM) return undefined;
    this.#kept.delete(certificateId);
    // In the place of the one kept longest, where there is no more room.
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(certificateId, kept);
    return kept;
  }
}

function add(stored: StoredEvent, kept: Kept): void {
  if (stored.revision !== kept.revision + 1) return;
  kept.folded.add(decodeEvent(stored) as CertificateEvent);
  kept.revision = stored.revision;
  kept.hash = stored.hash;
  kept.answer = undefined;
}

function frozen<Value extends object>(value: Value): Value {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) frozen(member);
  return Object.freeze(value);
}
