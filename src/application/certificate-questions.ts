import type { ExplainedEvent } from '../domain/certificate/balance.ts';
import { balanceOf, explanationOf } from '../domain/certificate/balance.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { DecodedEvent } from '../events/codec.ts';
import { decode } from '../events/codec.ts';
import { isFence } from '../events/fence.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import { compareInstants } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import { RecentAnswers } from './recent-answers.ts';

/** Which day, and what was known when (SPEC section 8). */
export interface PointInTime {
  /** Events that count from this day or an earlier one. */
  readonly on?: CivilDate;
  /** Events recorded up to this instant. */
  readonly asOf?: Instant;
}

/** One event of an explanation: what it is, where it stands, what it did to the figures of its period. */
export interface ExplainedLine extends Omit<ExplainedEvent, 'event'> {
  readonly type: string;
  readonly effectiveOn: CivilDate;
  readonly revision: number;
  readonly recordedAt: Instant;
  readonly commandId: string;
  readonly contractId?: string;
}

/** The balance of a certificate, as SPEC section 10 writes it. */
export type Balance = ReturnType<typeof balanceOf>;

/** The questions about one certificate, folded from its stream. */
export class CertificateQuestions {
  readonly #store: EventStore;
  /** Balances as of now: a certificate is asked for more often than it changes. */
  readonly #recent = new RecentAnswers<Balance>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** The balance on a day, as known at an instant. Errors: `certificate.not_found`. */
  async balance(certificateId: string, { on, asOf }: PointInTime = {}): Promise<Balance> {
    if (on === undefined && asOf === undefined) return this.#currentBalance(certificateId);
    return balanceFrom(certificateId, await this.#known(certificateId, asOf), on);
  }

  /** The events a balance is made of, with their effects and running totals. Errors: `certificate.not_found`. */
  async explain(certificateId: string, { on, asOf }: PointInTime = {}): Promise<readonly ExplainedLine[]> {
    const known = (await this.#known(certificateId, asOf)).filter(({ event }) => !isFence(event));
    const explained = explanationOf(
      known.map(({ event }) => event as CertificateEvent),
      on,
    );
    const lines = known.filter(({ event }) => on === undefined || ('effectiveOn' in event && event.effectiveOn <= on));
    return explained.map(({ event, ...figures }, index) => {
      const { metadata, stored } = lines[index] as DecodedEvent;
      const { type, effectiveOn } = event;
      const origin = { revision: stored.revision, recordedAt: metadata.recordedAt, commandId: metadata.commandId };
      const subject = 'contractId' in event ? { contractId: event.contractId } : {};
      return { type, effectiveOn, ...origin, ...subject, ...figures };
    });
  }

  async #currentBalance(certificateId: string): Promise<Balance> {
    await this.#store.settled();
    const head = await this.#store.head(certificateStream(certificateId));
    const recent = head && this.#recent.find(head);
    if (recent !== undefined) return recent;
    const known = await this.#known(certificateId);
    const balance = balanceFrom(certificateId, known);
    const last = known.at(-1)?.stored;
    return last === undefined ? balance : this.#recent.keep(last, balance);
  }

  async #known(certificateId: string, asOf?: Instant): Promise<readonly DecodedEvent[]> {
    await this.#store.settled();
    const stored = (await this.#store.read(certificateStream(certificateId))).map(decode);
    if (stored.length === 0) throw new LedgerError('certificate.not_found', `there is no certificate ${certificateId}`);
    return stored.filter(({ metadata }) => asOf === undefined || compareInstants(metadata.recordedAt, asOf) <= 0);
  }
}

function balanceFrom(certificateId: string, known: readonly DecodedEvent[], on?: CivilDate): Balance {
  return balanceOf(
    certificateId,
    known.map(({ event }) => event as CertificateEvent),
    on,
  );
}
