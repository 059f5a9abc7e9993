import type { Balance, ExplainedEvent } from '../domain/certificate/balance.ts';
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
import type { CurrentBalance } from './current-balances.ts';
import { CurrentBalances } from './current-balances.ts';

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

/** The questions about one certificate, folded from its stream. */
export class CertificateQuestions {
  readonly #store: EventStore;
  readonly #current: CurrentBalances;

  constructor(store: EventStore) {
    this.#store = store;
    this.#current = new CurrentBalances(store);
  }

  /** The balance on a day, as known at an instant. Errors: `certificate.not_found`. */
  async balance(certificateId: string, { on, asOf }: PointInTime = {}): Promise<Balance> {
    if (on === undefined && asOf === undefined) return (await this.#current.of(certificateId)).balance;
    return balanceFrom(certificateId, await this.#known(certificateId, asOf), on);
  }

  /** The same as {@link currentBalance} without waiting; none where it has to be waited for, or folded. */
  currentBalanceAtHand(certificateId: string): CurrentBalance | undefined {
    return this.#current.atHand(certificateId);
  }

  /** The balance as of now, with the revision it was read at. Errors: `certificate.not_found`. */
  currentBalance(certificateId: string): Promise<CurrentBalance> {
    return this.#current.of(certificateId);
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
