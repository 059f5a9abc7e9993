import type { ExportedEvent, Ledger } from '../../../src/index.ts';
import { openLedger } from '../../../src/index.ts';

/** The log of a ledger as somebody sees it who follows it from the beginning, while servers come and go. */
export class FollowedLog {
  readonly #ledger: Ledger;
  readonly #closing = new AbortController();
  readonly #following: Promise<void>;
  readonly events: ExportedEvent[] = [];
  #watches: { readonly isIt: (event: ExportedEvent) => boolean; readonly tell: (event: ExportedEvent) => void }[] = [];

  private constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#following = this.#follow();
    // Told by `close`, to whoever waits for it there.
    this.#following.catch(() => undefined);
  }

  static async of(store: string): Promise<FollowedLog> {
    return new FollowedLog(await openLedger({ store, readOnly: true }));
  }

  /** Waits for an event, from now on, of which this is true, and answers it. */
  next(isIt: (event: ExportedEvent) => boolean): Promise<ExportedEvent> {
    const { promise, resolve } = Promise.withResolvers<ExportedEvent>();
    this.#watches.push({ isIt, tell: resolve });
    return promise;
  }

  /** Ends when everything up to this event has been seen. Throws what ended the following early. */
  async close(last: ExportedEvent | undefined): Promise<void> {
    const isLast = ({ cursor }: ExportedEvent) => cursor === last?.cursor;
    if (last !== undefined && !this.events.some(isLast)) await Promise.race([this.next(isLast), this.#following]);
    this.#closing.abort();
    await this.#following;
    await this.#ledger.close();
  }

  async #follow(): Promise<void> {
    for await (const event of this.#ledger.follow({ personal: true, signal: this.#closing.signal })) {
      this.events.push(event);
      const told = this.#watches.filter(({ isIt }) => isIt(event));
      this.#watches = this.#watches.filter((watch) => !told.includes(watch));
      for (const { tell } of told) tell(event);
    }
  }
}
