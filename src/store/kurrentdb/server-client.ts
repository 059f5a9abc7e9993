import { EventStoreDBClient } from '@eventstore/db-client';
import { LedgerError } from '../../kernel/errors.ts';
import { UnansweredError } from './failures.ts';
import { NO_ADDRESS } from './server-address.ts';

/** What the client keeps to itself. */
interface Inside {
  getChannel(): Promise<{ close(): void }>;
  handleError(...told: readonly unknown[]): Promise<void>;
}

/** The server's client, with an end: by itself it leaves its connection open, and opens another for whoever comes late. */
export class ServerClient {
  readonly client: EventStoreDBClient;
  #channel: ReturnType<Inside['getChannel']> | undefined;
  #isClosed = false;

  /** It connects when it is first asked. Errors: `query.invalid` for an address it cannot read. */
  constructor(address: string) {
    this.client = clientFor(address);
    const inside = this.client as unknown as Inside;
    const { getChannel, handleError } = inside;
    inside.getChannel = () => {
      if (this.#isClosed) return Promise.reject(new UnansweredError('the connection has been closed'));
      this.#channel = getChannel();
      return this.#channel;
    };
    // After a failed call the client looks for the channel in use and waits for nobody's sake: when that channel is one that
    // is being discovered, and no node is found, its rejection is nobody's and would end the process. Whoever made a call
    // on that channel is told the same error by his own call.
    inside.handleError = (...told) => handleError(...told).catch(() => undefined);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.client.dispose();
    // One that was never found needs no end.
    const channel = await this.#channel?.catch(() => undefined);
    channel?.close();
  }
}

function clientFor(address: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(address);
  } catch (error) {
    throw new LedgerError('query.invalid', NO_ADDRESS, { cause: error });
  }
}
