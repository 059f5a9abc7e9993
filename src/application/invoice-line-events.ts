import { certificateStream } from '../domain/certificate/events.ts';
import type { InvoiceEvent, InvoiceLine } from '../domain/invoice/events.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import { invoiceNumbersStream } from '../domain/reservation/events.ts';
import type { ReservedNumber } from '../domain/reservation/state.ts';
import { evolveReservation, initialReservationState } from '../domain/reservation/state.ts';
import type { DecodedEvent } from '../events/codec.ts';
import { decode } from '../events/codec.ts';
import type { CivilDate, CivilMonth } from '../kernel/civil-date.ts';
import { monthOf } from '../kernel/civil-date.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import type { Kopecks } from '../kernel/money.ts';
import { formatMoney } from '../kernel/money.ts';
import type { EventStore } from '../store/event-store.ts';

/** One event that an invoice's line bills; the figures of a line are the sums of those of its events. */
export interface LineEvent {
  readonly stream: string;
  readonly revision: number;
  readonly type: 'LessonCharged' | 'LessonChargeReversed';
  readonly effectiveOn: CivilDate;
  readonly recordedAt: Instant;
  readonly commandId: string;
  readonly lessonId: string;
  /** 1 for a charge, -1 for a reversal. */
  readonly lessons: 1 | -1;
  /** A decimal string, negative for a reversal. */
  readonly amount: string;
}

/** A line of an invoice with the events that made it, in the order of their stream. */
export interface LineWithEvents extends Omit<InvoiceLine, 'amount'> {
  readonly amount: string;
  readonly events: readonly LineEvent[];
}

/**
 * The lines of an invoice, each with the charges and reversals that made it: those of the contract and month up to the
 * invoice's cut which no invoice in force at that time had billed (SPEC sections 6 and 8).
 * Errors: `invoice.not_found`; `store.corrupt` when the events do not come to the figures of the line.
 */
export async function invoiceLineEvents(number: string, store: EventStore): Promise<readonly LineWithEvents[]> {
  const numbers = new ReservedNumbers(store);
  const reserved = await numbers.find(number);
  const pair = reserved === undefined ? [] : await pairUpTo(reserved, store);
  if (reserved === undefined || pair.length === 0) {
    throw new LedgerError('invoice.not_found', `there is no invoice ${number}`);
  }
  const cut = revisionsOf(reserved.found);
  const billed = await Promise.all(invoicesBefore(number, pair).map((earlier) => numbers.cutOf(earlier)));
  const lines = linesOf(number, pair);
  const streams = new Map<string, readonly DecodedEvent[]>();
  const answered: LineWithEvents[] = [];
  for (const line of lines) {
    const stream = certificateStream(line.certificateId);
    const events = streams.get(stream) ?? (await chargesOf(stream, store));
    streams.set(stream, events);
    // An invoice bills every month up to its own, so only those of this month or a later one have billed the line's.
    const from = Math.max(
      -1,
      ...billed.map(({ month, cut }) => (month < line.month ? -1 : (cut.get(line.contractId) ?? -1))),
    );
    const until = cut.get(line.contractId) ?? -1;
    answered.push(
      withEvents(
        number,
        line,
        events.filter(({ stored }) => stored.revision > from && stored.revision <= until),
      ),
    );
  }
  return answered;
}

interface Cut {
  readonly month: CivilMonth;
  /** The revision of the certificate's stream up to which a contract was read. */
  readonly cut: ReadonlyMap<string, number>;
}

/** Finds the reservations of invoice numbers, reading each provider's year once. */
class ReservedNumbers {
  readonly #store: EventStore;
  readonly #years = new Map<string, readonly ReservedNumber[]>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  async find(number: string) {
    const [, providerId, year] = /^(.+)-(\d{4})-\d{4,}$/s.exec(number) ?? [];
    if (providerId === undefined || year === undefined) return undefined;
    const stream = invoiceNumbersStream(providerId, year);
    const numbers = this.#years.get(stream) ?? (await this.#read(stream));
    this.#years.set(stream, numbers);
    const found = numbers.find((candidate) => candidate.number === number);
    return found === undefined ? undefined : { found, providerId };
  }

  async cutOf(number: string): Promise<Cut> {
    const reserved = await this.find(number);
    if (reserved === undefined) throw new LedgerError('store.corrupt', `invoice ${number} has no reserved number`);
    return { month: reserved.found.month, cut: revisionsOf(reserved.found) };
  }

  async #read(stream: string): Promise<readonly ReservedNumber[]> {
    let state = initialReservationState();
    for (const stored of await this.#store.read(stream)) {
      state = evolveReservation(state, decode(stored).event as Parameters<typeof evolveReservation>[1]);
    }
    return state.numbers;
  }
}

/** The events of the invoice's pair up to its issue; none when its number was reserved and the invoice never written. */
async function pairUpTo(
  { found, providerId }: { readonly found: ReservedNumber; readonly providerId: string },
  store: EventStore,
): Promise<readonly InvoiceEvent[]> {
  const events = (await store.read(invoicesStream(found.payerId, providerId))).map(
    (stored) => decode(stored).event as InvoiceEvent,
  );
  return events.slice(0, events.findIndex(({ type, ...event }) => isIssue(type, event, found.number)) + 1);
}

function isIssue(type: string, event: object, number: string): boolean {
  return type === 'InvoiceIssued' && 'number' in event && event.number === number;
}

/** The numbers of the invoices that were in force when this one was issued. */
function invoicesBefore(number: string, pair: readonly InvoiceEvent[]): string[] {
  const inForce = new Set<string>();
  for (const event of pair) {
    if (event.type === 'InvoiceIssued') inForce.add(event.number);
    if (event.type === 'InvoiceRejected' || event.type === 'InvoiceAnnulled') inForce.delete(event.number);
  }
  inForce.delete(number);
  return [...inForce];
}

function linesOf(number: string, pair: readonly InvoiceEvent[]): InvoiceLine[] {
  return pair.flatMap((event) =>
    (event.type === 'InvoiceLinesAdded' || event.type === 'InvoiceIssued') && event.number === number
      ? event.lines
      : [],
  );
}

async function chargesOf(stream: string, store: EventStore): Promise<readonly DecodedEvent[]> {
  return (await store.read(stream))
    .filter(({ type }) => type === 'LessonCharged' || type === 'LessonChargeReversed')
    .map(decode);
}

function withEvents(number: string, line: InvoiceLine, candidates: readonly DecodedEvent[]): LineWithEvents {
  const events: LineEvent[] = [];
  const sum: { lessons: number; amount: Kopecks } = { lessons: 0, amount: 0 };
  for (const { event, metadata, stored } of candidates) {
    if (event.type !== 'LessonCharged' && event.type !== 'LessonChargeReversed') continue;
    if (event.contractId !== line.contractId || monthOf(event.effectiveOn) !== line.month) continue;
    const lessons = event.type === 'LessonCharged' ? 1 : -1;
    const { type, effectiveOn, lessonId } = event;
    const { stream, revision } = stored;
    const { recordedAt, commandId } = metadata;
    const amount = formatMoney(lessons * event.amount);
    events.push({ stream, revision, type, effectiveOn, recordedAt, commandId, lessonId, lessons, amount });
    sum.lessons += lessons;
    sum.amount += lessons * event.amount;
  }
  if (sum.lessons !== line.lessons || sum.amount !== line.amount) {
    throw new LedgerError(
      'store.corrupt',
      `invoice ${number} bills ${line.lessons} lessons and ${formatMoney(line.amount)} of contract ${line.contractId} in ` +
        `${line.month}; its events come to ${sum.lessons} lessons and ${formatMoney(sum.amount)}`,
    );
  }
  return { ...line, amount: formatMoney(line.amount), events };
}

function revisionsOf({ cut }: ReservedNumber): ReadonlyMap<string, number> {
  return new Map(cut.map(({ contractId, revision }) => [contractId, revision]));
}
