import { setTimeout as wait } from 'node:timers/promises';
import type { Credentials } from '@eventstore/db-client';
import * as database from '@eventstore/db-client';
import { LedgerError } from '../../kernel/errors.ts';
import { AppendBatches } from './append-batches.ts';
import type { AppendRequest } from './append-messages.ts';
import { hasLostItsWay, isAmbiguous, refusalOf, UnansweredError } from './failures.ts';
import type { ServerPosition } from './positions.ts';
import type { ServerAccess } from './server-address.ts';
import { NO_ADDRESS, serverAddress } from './server-address.ts';

/** How long one try may take, in milliseconds; the client itself does not keep to its deadline for appends. */
const DEADLINE = 5_000;
/** How long a call is tried again altogether. */
const PATIENCE = 20_000;
/** A cluster whose leader died has another within a second or two: who waits longer between two tries than it took finds it late. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [50, 400];

/** A connection to a server or a cluster, as the address `esdb://…` names it. */
export class Connection {
  readonly #address: string;
  /** Given with every call, where somebody is named. */
  readonly entry: { readonly credentials?: Credentials };
  readonly #appends: AppendBatches;
  #client: database.EventStoreDBClient | undefined;
  #isClosed = false;

  /** Errors: `query.invalid` where the address is none. */
  constructor(address: string, access: ServerAccess = {}) {
    const { client, credentials } = serverAddress(address, access);
    this.#address = client;
    // The client is made at once, so that an address it cannot read is told as one; it connects when it is asked.
    this.#client = clientFor(client);
    this.entry = credentials === undefined ? {} : { credentials };
    this.#appends = new AppendBatches(credentials);
  }

  /** Appends, as a {@link call} is made, and answers the place of the last event. */
  append(request: AppendRequest): Promise<ServerPosition | undefined> {
    return this.call((client) => this.#appends.append(client, request));
  }

  /**
   * Makes a call that does the same however often it is made, again and again while it is not known whether it was
   * done, for a bounded time. Errors: `store.unavailable`, `store.unreadable` for somebody the server does not let in;
   * what the server decided is thrown as it is.
   */
  async call<Answer>(
    make: (client: database.EventStoreDBClient) => Promise<Answer>,
    patience: number = PATIENCE,
  ): Promise<Answer> {
    const giveUpAt = performance.now() + patience;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await inTime(make(this.client), Math.min(DEADLINE + 1_000, patience));
      } catch (error) {
        if (!isAmbiguous(error)) throw refusalOf(error) ?? error;
        if (this.#isClosed) throw unavailable('the store was closed before its server had answered', error);
        await this.recover(error);
        if (performance.now() >= giveUpAt) {
          throw unavailable(`the store did not answer for ${patience / 1000} s`, error);
        }
      }
      await wait(pause);
    }
  }

  /** Gives up a client that will not find its way again after this error. */
  async recover(error: unknown): Promise<void> {
    if (hasLostItsWay(error)) await this.#replaceClient();
  }

  /** The client in use; a new one after the last was given up. */
  get client(): database.EventStoreDBClient {
    this.#client ??= clientFor(this.#address);
    return this.#client;
  }

  /** Answers that are on their way are waited for, but not long; nothing is asked again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#appends.close();
    await this.#replaceClient();
  }

  async #replaceClient(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose();
  }
}

function clientFor(address: string): database.EventStoreDBClient {
  try {
    return withoutLostRejections(database.EventStoreDBClient.connectionString(address));
  } catch (error) {
    throw new LedgerError('query.invalid', NO_ADDRESS, { cause: error });
  }
}

/**
 * After a failed call the client looks for the channel in use and waits for nobody's sake: when that channel is one that is
 * being discovered, and no node is found, its rejection is nobody's and would end the process. Whoever made a call on that
 * channel is told the same error by his own call.
 */
function withoutLostRejections(client: database.EventStoreDBClient): database.EventStoreDBClient {
  const inner = client as unknown as { handleError: (...told: readonly unknown[]) => Promise<void> };
  const { handleError } = inner;
  inner.handleError = (...told) => handleError(...told).catch(() => undefined);
  return client;
}

/** The client's own deadline, which it does not always keep, is as long. */
export const deadline = DEADLINE;

async function inTime<Answer>(call: Promise<Answer>, time: number): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new UnansweredError('no answer came in time')), time);
  try {
    return await Promise.race([call, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(sentence: string, cause: unknown): LedgerError {
  const whole = `${sentence}${whyOf(cause)}; the same command id may be sent again`;
  return new LedgerError('store.unavailable', whole, { cause });
}

/** The client never has the password that it could repeat here. */
function whyOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? ` (${error.message})` : '';
}
