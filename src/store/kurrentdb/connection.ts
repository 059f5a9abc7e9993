import { setTimeout as wait } from 'node:timers/promises';
import type { Credentials, EventStoreDBClient, StreamingRead } from '@eventstore/db-client';
import { LedgerError } from '../../kernel/errors.ts';
import { AppendBatches } from './append-batches.ts';
import type { AppendRequest } from './append-messages.ts';
import { hasLostItsWay, isAmbiguous, refusalOf, UnansweredError } from './failures.ts';
import { inTime } from './in-time.ts';
import type { ServerPosition } from './positions.ts';
import type { ServerAccess } from './server-address.ts';
import { serverAddress } from './server-address.ts';
import { ServerClient } from './server-client.ts';

/** How long one try may take, in milliseconds; the client itself does not keep to its deadline for appends. */
const DEADLINE = 5_000;
/** How long a call is tried again altogether. */
export const PATIENCE = 20_000;
/** A cluster whose leader died has another within a second or two: who waits longer between two tries than it took finds it late. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [50, 400];

/** A connection to a server or a cluster, as the address `esdb://…` names it. */
export class Connection {
  readonly #address: string;
  /** Given with every call, where somebody is named. */
  readonly entry: { readonly credentials?: Credentials };
  readonly #appends: AppendBatches;
  readonly #closing = new AbortController();
  #current: ServerClient | undefined;

  /** Errors: `query.invalid` where the address is none. */
  constructor(address: string, access: ServerAccess = {}) {
    const { client, credentials } = serverAddress(address, access);
    this.#address = client;
    // The client is made at once, so that an address it cannot read is told as one; it connects when it is asked.
    this.#current = new ServerClient(client);
    this.entry = credentials === undefined ? {} : { credentials };
    this.#appends = new AppendBatches(credentials);
  }

  /** Appends, as a {@link call} is made, and answers the place of the last event. */
  append(request: AppendRequest): Promise<ServerPosition | undefined> {
    return this.call((client) => this.#appends.append(client, request));
  }

  /**
   * Makes a call that does the same however often it is made, again and again while it is not known whether it was
   * done, for a bounded time. Errors: `store.unavailable`, `store.unreadable` for somebody the server does not let in,
   * `ledger.closed`; what the server decided is thrown as it is.
   */
  async call<Answer>(
    make: (client: EventStoreDBClient) => Promise<Answer>,
    patience: number = PATIENCE,
  ): Promise<Answer> {
    const giveUpAt = performance.now() + patience;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const { client } = this;
      try {
        return await inTime(make(client), Math.min(DEADLINE + 1_000, giveUpAt - performance.now()), unanswered);
      } catch (error) {
        if (!isAmbiguous(error)) throw refusalOf(error) ?? error;
        this.#refuseWhenClosed(error);
        await this.recover(error, client);
        if (performance.now() + pause >= giveUpAt) throw silent(patience, error);
        await wait(pause, undefined, { signal: this.#closing.signal }).catch(() => undefined);
        this.#refuseWhenClosed(error);
      }
    }
  }

  /**
   * Everything that a read gives which asks for an exact count. The client knows no deadline for reads, and lets one that is
   * cancelled, or whose client was given up, end as if it had come to its end.
   */
  read<Event>(
    begin: (client: EventStoreDBClient) => StreamingRead<{ readonly event?: Event | undefined }>,
    patience?: number,
  ): Promise<readonly Event[]> {
    return this.call(async (client) => {
      const reading = begin(client);
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        // Where no node was found there is nothing to cancel, and the read itself says so.
        reading.cancel().catch(() => undefined);
      }, DEADLINE);
      try {
        const events: Event[] = [];
        // Drained whatever comes: leaving a read in its middle would leak it.
        for await (const { event } of reading) if (event !== undefined) events.push(event);
        if (isLate) throw unanswered();
        if (this.#current?.client !== client) throw new UnansweredError('the read was cut off');
        return events;
      } finally {
        clearTimeout(timer);
      }
    }, patience);
  }

  /** Gives up a client that will not find its way again after this error, unless another has taken its place. */
  async recover(error: unknown, client: EventStoreDBClient = this.client): Promise<void> {
    if (!hasLostItsWay(error) || this.#current?.client !== client) return;
    await this.#giveUpClient();
  }

  /** The client in use; a new one after the last was given up. Errors: `ledger.closed`. */
  get client(): EventStoreDBClient {
    if (this.#closing.signal.aborted) throw new LedgerError('ledger.closed', 'the store has been closed');
    this.#current ??= new ServerClient(this.#address);
    return this.#current.client;
  }

  /** Answers that are on their way are waited for, but not long; nothing is asked again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#appends.close();
    await this.#giveUpClient();
  }

  async #giveUpClient(): Promise<void> {
    const given = this.#current;
    this.#current = undefined;
    await given?.close();
  }

  /** For a call that has been made, and may have been done. */
  #refuseWhenClosed(error: unknown): void {
    if (!this.#closing.signal.aborted) return;
    throw unavailable('the store was closed before its server had answered', error);
  }
}

/** The error of a server that has not answered for so many milliseconds. */
export function silent(patience: number, cause?: unknown): LedgerError {
  return unavailable(`the store did not answer for ${patience / 1000} s`, cause);
}

function unanswered(): Error {
  return new UnansweredError('no answer came in time');
}

function unavailable(sentence: string, cause: unknown): LedgerError {
  const whole = `${sentence}${whyOf(cause)}; the same command id may be sent again`;
  return new LedgerError('store.unavailable', whole, { cause });
}

/** The client never has the password that it could repeat here. */
function whyOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? ` (${error.message})` : '';
}
