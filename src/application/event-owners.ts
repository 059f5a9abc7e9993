import { agreementStream } from '../domain/agreement/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import { payerStream } from '../domain/payer/events.ts';
import type { StoredEvent } from '../events/envelope.ts';
import type { EventStore } from '../store/event-store.ts';

/** How many streams are remembered. */
const REMEMBERED = 100_000;
/** The streams whose first event names the payer for good. */
const NAMED_BY_THE_FIRST = [certificateStream(''), agreementStream('')];

/**
 * Finds out which events are a payer's: those of its own stream, of its certificates and agreements, and of what was
 * invoiced to it. Providers and programmes belong to no payer, and neither does bookkeeping: what cannot be attributed is
 * nobody's.
 */
export class EventOwners {
  readonly #store: EventStore;
  readonly #payers = new Map<string, string | undefined>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** Whether an event is this payer's. */
  async isOf(payerId: string, { stream }: Pick<StoredEvent, 'stream'>): Promise<boolean> {
    if (NAMED_BY_THE_FIRST.some((prefix) => stream.startsWith(prefix))) {
      return (await this.#namedByTheFirst(stream)) === payerId;
    }
    return stream === payerStream(payerId) || stream.startsWith(invoicesStream(payerId, ''));
  }

  async #namedByTheFirst(stream: string): Promise<string | undefined> {
    if (this.#payers.has(stream)) return this.#payers.get(stream);
    const [first] = await this.#store.read(stream, { limit: 1 });
    const fields: { readonly payerId?: unknown } = first === undefined ? {} : JSON.parse(first.data);
    const payerId = typeof fields.payerId === 'string' ? fields.payerId : undefined;
    const [oldest] = this.#payers.keys();
    if (this.#payers.size >= REMEMBERED && oldest !== undefined) this.#payers.delete(oldest);
    this.#payers.set(stream, payerId);
    return payerId;
  }
}
