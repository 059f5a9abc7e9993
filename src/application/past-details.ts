import type { AgreementEvent } from '../domain/agreement/events.ts';
import { agreementStream } from '../domain/agreement/events.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { PayerEvent } from '../domain/payer/events.ts';
import { payerStream } from '../domain/payer/events.ts';
import type { ProviderEvent } from '../domain/provider/events.ts';
import { providerStream } from '../domain/provider/events.ts';
import type { DecodedEvent } from '../events/codec.ts';
import { decode } from '../events/codec.ts';
import type { Position } from '../events/envelope.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { earlierOf } from '../kernel/civil-date.ts';
import { LedgerError } from '../kernel/errors.ts';
import { given } from '../kernel/given.ts';
import { compareInstants } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import type { AgreementOnDocument, PayerOnDocument, ProviderOnDocument } from './document-facts.ts';

/** When a contract ends by what is known now; the day it was terminated on and the day its certificate was closed on. */
export interface KnownEnds {
  readonly contractId: string;
  readonly certificateId: string;
  readonly until: CivilDate;
  readonly terminatedOn?: CivilDate;
  readonly closedOn?: CivilDate;
}

/**
 * What was known at a place of the log: the streams are folded up to there, whatever has been recorded since. Streams
 * are read once, so that a month's documents share what they have in common.
 */
export class PastDetails {
  readonly #store: EventStore;
  readonly #streams = new Map<string, readonly DecodedEvent[]>();
  readonly #places = new Map<Position, number>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** The payer's name and numbers as they stood before the event. */
  async payer(payerId: string, before: DecodedEvent): Promise<PayerOnDocument> {
    const events = await this.#before<PayerEvent>(await this.#shared(payerStream(payerId)), before);
    let details: PayerOnDocument | undefined;
    for (const event of events) {
      if (event.type === 'PayerRegistered') details = detailsOf(event, { payerId, name: event.name });
      if (event.type === 'PayerDetailsChanged' && details !== undefined) details = detailsOf(event, details);
    }
    return known(details, payerId);
  }

  /** The provider's name, numbers and account as they stood before the event. */
  async provider(providerId: string, before: DecodedEvent): Promise<ProviderOnDocument> {
    const events = await this.#before<ProviderEvent>(await this.#shared(providerStream(providerId)), before);
    let details: ProviderOnDocument | undefined;
    for (const event of events) {
      const { ogrn, bank } = 'ogrn' in event || 'bank' in event ? event : {};
      const more = given({ ogrn, bank });
      if (event.type === 'ProviderRegistered') {
        const { name, legalForm } = event;
        details = { ...detailsOf(event, { providerId, name, legalForm }), ...more };
      }
      if (event.type === 'ProviderDetailsChanged' && details !== undefined) {
        details = { ...detailsOf(event, details), ...more };
      }
    }
    return known(details, providerId);
  }

  /** The number and date of an agreement; no amendment changes them. */
  async agreement(agreementId: string): Promise<AgreementOnDocument> {
    const events = await this.#shared(agreementStream(agreementId));
    const concluded = events
      .map(({ event }) => event as AgreementEvent)
      .find(({ type }) => type === 'AgreementConcluded');
    const { number, date } = known(concluded?.type === 'AgreementConcluded' ? concluded : undefined, agreementId);
    return { agreementId, number, date };
  }

  /** The last day of a contract by what was recorded before the event. */
  async endOf({ contractId, certificateId, until, ...ends }: KnownEnds, before: DecodedEvent): Promise<CivilDate> {
    const { terminatedOn = until, closedOn = until } = ends;
    // Most contracts end as they were concluded, by what is known today and so by what was known then.
    if (terminatedOn >= until && closedOn >= until) return until;
    let end = until;
    const events = await this.#read(certificateStream(certificateId));
    for (const event of await this.#before<CertificateEvent>(events, before)) {
      const ended =
        event.type === 'CertificateClosed' || (event.type === 'ContractTerminated' && event.contractId === contractId);
      if (ended) end = earlierOf(end, event.effectiveOn);
    }
    return end;
  }

  /** The events of a stream that were recorded before the given one. */
  async #before<Event>(events: readonly DecodedEvent[], before: DecodedEvent): Promise<Event[]> {
    const earlier: Event[] = [];
    for (const candidate of events) {
      const order = compareInstants(candidate.metadata.recordedAt, before.metadata.recordedAt);
      if (order > 0) break;
      // Many events can be recorded at one instant; then the log tells which of them came first.
      if (order === 0 && !(await this.#isEarlier(candidate, before))) break;
      earlier.push(candidate.event as Event);
    }
    return earlier;
  }

  async #shared(stream: string): Promise<readonly DecodedEvent[]> {
    const read = this.#streams.get(stream) ?? (await this.#read(stream));
    this.#streams.set(stream, read);
    return read;
  }

  async #read(stream: string): Promise<readonly DecodedEvent[]> {
    return (await this.#store.read(stream)).map(decode);
  }

  async #isEarlier(candidate: DecodedEvent, before: DecodedEvent): Promise<boolean> {
    const { followed } = this.#store;
    // To count what comes after them a server would have to read it.
    if (followed !== undefined) return followed.isAfter(before.stored.position, candidate.stored.position);
    return (await this.#place(candidate)) < (await this.#place(before));
  }

  /** How many events of the log come up to one. Positions are opaque, but the store counts what comes after them. */
  async #place({ stored: { position } }: DecodedEvent): Promise<number> {
    for (let place = this.#places.get(position); ; ) {
      if (place !== undefined) return place;
      const all = await this.#store.countAfter();
      const after = await this.#store.countAfter(position);
      // Somebody may have appended between the two counts.
      if ((await this.#store.countAfter()) === all) place = all - after;
      if (place !== undefined) this.#places.set(position, place);
    }
  }
}

function detailsOf<Details extends { readonly name: string }>(
  event: { readonly name?: string | undefined; readonly inn?: string | undefined; readonly kpp?: string | undefined },
  details: Details,
): Details {
  const { name, inn, kpp } = event;
  return { ...details, ...given({ name, inn, kpp }) };
}

function known<Details>(details: Details | undefined, id: string): Details {
  if (details !== undefined) return details;
  throw new LedgerError('store.corrupt', `a document names ${id}, which no event before it has registered`);
}
