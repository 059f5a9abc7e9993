import { setTimeout as wait } from 'node:timers/promises';
import type { Credentials } from '@eventstore/db-client';
import * as database from '@eventstore/db-client';
import { LedgerError } from '../../kernel/errors.ts';
import type { ServerAccess } from './server-address.ts';
import { NO_ADDRESS, serverAddress } from './server-address.ts';

/** How long one try may take, in milliseconds; the client itself does not keep to its deadline for appends. */
const DEADLINE = 5_000;
/** How long a call is tried again altogether. */
const PATIENCE = 20_000;
const [FIRST_PAUSE, LONGEST_PAUSE] = [50, 2_000];
/** gRPC's status UNAVAILABLE, with which the very first connection fails as a plain error. */
const UNAVAILABLE = 14;
/** gRPC's status INTERNAL, with which a call fails whose connection breaks in its midst. */
const INTERNAL = 13;
/** gRPC's status UNAUTHENTICATED. */
const UNAUTHENTICATED = 16;
/** Sent where the address names nobody: with credentials of its own an append is a plain call (see {@link Connection}). */
const NOBODY: Credentials = { username: 'ledger', password: 'ledger' };

/** A connection to a server or a cluster, as the address `esdb://…` names it. */
export class Connection {
  readonly #address: string;
  /**
   * Given with every call: an append with credentials of its own is a call by itself, while one without goes through a
   * batch whose answers all clients of the process share, so that one that loses its server would fail all others.
   */
  readonly credentials: Credentials;
  /** Those of an append; none where appends go through the client's batch. */
  readonly appendCredentials: Credentials | undefined;
  #client: database.EventStoreDBClient | undefined;

  /** Errors: `query.invalid` where the address is none. */
  constructor(
    address: string,
    { batchedAppends = false, ...access }: ServerAccess & { readonly batchedAppends?: boolean | undefined } = {},
  ) {
    const { client, credentials = NOBODY } = serverAddress(address, access);
    this.#address = client;
    // The client is made at once, so that an address it cannot read is told as one; it connects when it is asked.
    this.#client = clientFor(client);
    this.credentials = credentials;
    this.appendCredentials = batchedAppends ? undefined : credentials;
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
        await this.recover(error);
        if (performance.now() >= giveUpAt) {
          const sentence = `the store did not answer for ${patience / 1000} s${whyOf(error)}; the same command id may be sent again`;
          throw new LedgerError('store.unavailable', sentence, { cause: error });
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
    this.#client ??= database.EventStoreDBClient.connectionString(this.#address);
    return this.#client;
  }

  async close(): Promise<void> {
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
    return database.EventStoreDBClient.connectionString(address);
  } catch (error) {
    throw new LedgerError('query.invalid', NO_ADDRESS, { cause: error });
  }
}

/** The client's own deadline, which it does not always keep, is as long. */
export const deadline = DEADLINE;

async function inTime<Answer>(call: Promise<Answer>, time: number): Promise<Answer> {
  const watch = new AbortController();
  const late = wait(time, undefined, { signal: watch.signal }).then(
    () => {
      throw new TooLateError();
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([call, late]);
  } finally {
    watch.abort();
  }
}

class TooLateError extends Error {
  constructor() {
    super('no answer came in time');
  }
}

/** What the server does not let somebody do, or has nothing to answer with. */
export function refusalOf(error: unknown): LedgerError | undefined {
  if (error instanceof database.AccessDeniedError || isUnauthenticated(error)) {
    const sentence =
      'the server of the store does not let in who asks: LEDGER_STORE_USERNAME and LEDGER_STORE_PASSWORD say who that is';
    return new LedgerError('store.unreadable', sentence, { cause: error });
  }
  if (error instanceof database.StreamDeletedError) {
    return new LedgerError('store.corrupt', 'a stream of the ledger has been deleted from the server', {
      cause: error,
    });
  }
  return undefined;
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNAUTHENTICATED;
}

/** The client never has the password that it could repeat here. */
function whyOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? ` (${error.message})` : '';
}

/** Whether a failure leaves open if the server has done what it was asked for. */
export function isAmbiguous(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof TooLateError || hasLostItsWay(error)) return true;
  if ('code' in error && (error.code === UNAVAILABLE || error.code === INTERNAL)) return true;
  if (error instanceof database.UnknownError) return /not ready|too busy|no leader/i.test(error.message);
  return [
    database.TimeoutError,
    database.DeadlineExceededError,
    database.UnavailableError,
    database.CancelledError,
    database.NotLeaderError,
  ].some((kind) => error instanceof kind);
}

/** A client that failed to discover its nodes remembers that for ever. */
function hasLostItsWay(error: unknown): boolean {
  return error instanceof Error && /failed to discover/i.test(error.message);
}
