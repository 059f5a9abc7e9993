import { hash } from 'node:crypto';
import { plannedLessons } from '../domain/invoice/advance.ts';
import type { InvoiceEvent } from '../domain/invoice/events.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import type { DecodedEvent } from '../events/codec.ts';
import { decode } from '../events/codec.ts';
import type { CivilDate, CivilMonth } from '../kernel/civil-date.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Kopecks } from '../kernel/money.ts';
import { formatMoney, readMoney } from '../kernel/money.ts';
import { compareCodePoints } from '../kernel/order.ts';
import type { EventStore } from '../store/event-store.ts';
import { canonicalJson } from './canonical-json.ts';
import type { AdvanceDocument, InvoiceDocument, InvoiceDocumentLine } from './document-facts.ts';
import type { KnownEnds } from './past-details.ts';
import { PastDetails } from './past-details.ts';
import type { Pair } from './read-side.ts';

/** A contract as documents need it, with the ends known now. */
export interface DocumentContract extends KnownEnds {
  readonly agreementId: string;
  readonly number: string;
  readonly date: CivilDate;
  readonly from: CivilDate;
  readonly lessons: number;
  readonly share: Kopecks;
}

/** Where the issue of an invoice stands. */
export interface Issue extends Pair {
  readonly number: string;
  /** In the pair's stream. */
  readonly revision: number;
}

/** What documents ask of the read models. */
export interface DocumentSide {
  /** The whole invoice of that number, as every answer writes it. */
  invoice(number: string): Record<string, unknown> | undefined;
  contracts(contractIds: readonly string[]): readonly DocumentContract[];
}

type Advance = InvoiceEvent & { readonly type: 'AdvanceRequested' };

/** An invoice as answers write it, as far as its document is concerned. */
type Answer = Pick<InvoiceDocument, 'number' | 'month' | 'issuedOn' | Sums> & {
  readonly lines: readonly Omit<InvoiceDocumentLine, 'plannedLessons'>[];
};
type Sums = 'services' | 'corrections' | 'carriedIn' | 'advance' | 'total' | 'due' | 'carriedOut';

/** Members of an answer that tell what became of an invoice after it was issued. */
const LIFE = ['status', 'acceptedOn', 'paidOn', 'reason'];

/**
 * Draws documents up from what was recorded when they were made (SPEC section 6, document annex). One of these serves the
 * documents of a whole month, since they share their payers and providers.
 */
export class Documents {
  readonly #store: EventStore;
  readonly #side: DocumentSide;
  readonly #past: PastDetails;

  constructor(store: EventStore, side: DocumentSide) {
    this.#store = store;
    this.#side = side;
    this.#past = new PastDetails(store);
  }

  /** The documents of invoices, in the order of their issues; `progress` is told how many are done. */
  async *invoices(
    issues: readonly Issue[],
    progress?: (done: number, total: number) => void,
  ): AsyncIterable<InvoiceDocument> {
    for (const [done, issue] of issues.entries()) {
      progress?.(done, issues.length);
      yield await this.#invoice(issue);
    }
    progress?.(issues.length, issues.length);
  }

  /** The documents of requests for advances, in the order of the pairs and months asked for. */
  async *advances(requests: readonly (Pair & { readonly month: CivilMonth })[]): AsyncIterable<AdvanceDocument> {
    for (const request of requests) yield await this.#advance(request);
  }

  async #invoice({ number, payerId, providerId, revision }: Issue): Promise<InvoiceDocument> {
    const answer = this.#side.invoice(number);
    const [stored] = await this.#store.read(invoicesStream(payerId, providerId), { from: revision, limit: 1 });
    if (answer === undefined || stored === undefined) {
      throw new LedgerError('invoice.not_found', `there is no invoice ${number}`);
    }
    const issue = decode(stored);
    const { month, issuedOn, lines, ...sums } = answer as unknown as Answer;
    const asIssued = Object.fromEntries(Object.entries(answer).filter(([name]) => !LIFE.includes(name)));
    return {
      number,
      month,
      issuedOn,
      recordedAt: issue.metadata.recordedAt,
      payer: await this.#past.payer(payerId, issue),
      provider: await this.#past.provider(providerId, issue),
      ...sumsOf(sums),
      agreements: await this.#invoiced({ payerId, providerId }, month, lines, issue, readMoney(sums.advance)),
      digest: digestOf(asIssued),
    };
  }

  async #advance({ payerId, providerId, month }: Pair & { readonly month: CivilMonth }): Promise<AdvanceDocument> {
    const { event, decoded } = await this.#advanceOf({ payerId, providerId }, month);
    const contracts = this.#contracts(event.contracts.map(({ contractId }) => contractId));
    const lines = event.contracts.map(({ contractId, planned, amount }) => {
      const { agreementId, number, date, certificateId } = contractOf(contracts, contractId);
      const contract = { contractId, contractNumber: number, contractDate: date, certificateId };
      return { agreementId, contract, planned, amount };
    });
    const agreements = [];
    for (const [agreementId, ofAgreement] of byAgreement(lines)) {
      agreements.push({
        ...(await this.#past.agreement(agreementId)),
        planned: formatMoney(sum(ofAgreement.map(({ planned }) => planned))),
        amount: formatMoney(sum(ofAgreement.map(({ amount }) => amount))),
        lines: ofAgreement
          .map(({ contract, planned, amount }) => {
            return { ...contract, planned: formatMoney(planned), amount: formatMoney(amount) };
          })
          .sort(byContract),
      });
    }
    const { effectiveOn: requestedOn, percent } = event;
    const planned = formatMoney(sum(lines.map((line) => line.planned)));
    const request = { month, requestedOn, percent, amount: formatMoney(event.amount) };
    const asRequested = event.contracts.map((line) => ({
      ...line,
      planned: formatMoney(line.planned),
      amount: formatMoney(line.amount),
    }));
    return {
      ...request,
      planned,
      recordedAt: decoded.metadata.recordedAt,
      payer: await this.#past.payer(payerId, decoded),
      provider: await this.#past.provider(providerId, decoded),
      agreements,
      digest: digestOf({ payerId, providerId, ...request, contracts: asRequested }),
    };
  }

  /** The annexes of an invoice: its lines by agreement, each with its part of the month's advance. */
  async #invoiced(
    pair: Pair,
    month: CivilMonth,
    lines: Answer['lines'],
    issue: DecodedEvent,
    advance: Kopecks,
  ): Promise<InvoiceDocument['agreements']> {
    const advanced = advance === 0 ? [] : (await this.#advanceOf(pair, month)).event.contracts;
    const contracts = this.#contracts([...lines, ...advanced].map(({ contractId }) => contractId));
    const items: { agreementId: string; line?: InvoiceDocumentLine; advance: Kopecks }[] = [];
    for (const line of lines) {
      const contract = contractOf(contracts, line.contractId);
      const planned = line.kind === 'charge' ? await this.#planned(contract, month, issue) : 0;
      items.push({ agreementId: contract.agreementId, line: { ...line, plannedLessons: planned }, advance: 0 });
    }
    for (const { contractId, amount } of advanced) {
      items.push({ agreementId: contractOf(contracts, contractId).agreementId, advance: amount });
    }
    const agreements = [];
    for (const [agreementId, ofAgreement] of byAgreement(items)) {
      const billed = ofAgreement.flatMap(({ line }) => (line === undefined ? [] : [line]));
      agreements.push({
        ...(await this.#past.agreement(agreementId)),
        services: formatMoney(sum(billed.map(({ amount }) => readMoney(amount)))),
        advance: formatMoney(sum(ofAgreement.map((item) => item.advance))),
        lines: billed,
      });
    }
    return agreements;
  }

  /** The lessons planned in the month by what was known then: a contract that had ended is planned until its end. */
  async #planned(contract: DocumentContract, month: CivilMonth, issue: DecodedEvent): Promise<number> {
    return plannedLessons({ ...contract, end: await this.#past.endOf(contract, issue) }, month);
  }

  async #advanceOf(pair: Pair, month: CivilMonth): Promise<{ event: Advance; decoded: DecodedEvent }> {
    for (const stored of await this.#store.read(invoicesStream(pair.payerId, pair.providerId))) {
      if (stored.type !== 'AdvanceRequested') continue;
      const decoded = decode(stored);
      const event = decoded.event as Advance;
      if (event.month === month) return { event, decoded };
    }
    throw new LedgerError('store.corrupt', `an advance of ${month} was set off, but there is no request for it`);
  }

  #contracts(contractIds: readonly string[]): ReadonlyMap<string, DocumentContract> {
    const asked = [...new Set(contractIds)];
    return new Map(this.#side.contracts(asked).map((contract) => [contract.contractId, contract]));
  }
}

function contractOf(contracts: ReadonlyMap<string, DocumentContract>, contractId: string): DocumentContract {
  const contract = contracts.get(contractId);
  if (contract === undefined) throw new LedgerError('store.corrupt', `a document names contract ${contractId}`);
  return contract;
}

/** Groups keep the order of their members; the groups stand in the order of agreementId. */
function byAgreement<Item extends { readonly agreementId: string }>(items: readonly Item[]): [string, Item[]][] {
  return [...Map.groupBy(items, ({ agreementId }) => agreementId)].sort(([a], [b]) => compareCodePoints(a, b));
}

type Ordered = { readonly contractNumber: string; readonly contractDate: CivilDate; readonly contractId: string };

function byContract(a: Ordered, b: Ordered): number {
  return (
    compareCodePoints(a.contractNumber, b.contractNumber) ||
    compareCodePoints(a.contractDate, b.contractDate) ||
    compareCodePoints(a.contractId, b.contractId)
  );
}

function sumsOf({ services, corrections, carriedIn, advance, total, due, carriedOut }: Pick<Answer, Sums>) {
  return { services, corrections, carriedIn, advance, total, due, carriedOut };
}

function sum(amounts: readonly Kopecks[]): Kopecks {
  return amounts.reduce((total, amount) => total + amount, 0);
}

function digestOf(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex');
}
