import type { RecordedEvent } from '@eventstore/db-client';
import { BACKWARDS, END, StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
import type { NewEvent, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type { ExpectedRevision } from '../event-store.ts';
import { ConflictError, NO_STREAM } from '../event-store.ts';
import type { Connection } from './connection.ts';
import { fromServer, toServer } from './event-form.ts';
import type { ServerPosition } from './positions.ts';

/** Appends to one stream of the server and reads it; knows nothing of a ledger. */
export class Streams {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Appends to the stream of the server `name`, and answers the place of the last event. Errors: {@link ConflictError},
   * which names the `stream` it is to the ledger.
   */
  async append(
    name: string,
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<ServerPosition | undefined> {
    try {
      return await this.#connection.append({ name, expected, events: events.map(toServer) });
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      const { actualVersion } = error;
      const actual = typeof actualVersion === 'bigint' ? Number(actualVersion) : NO_STREAM;
      throw new ConflictError(stream, expected, actual);
    }
  }

  /** The events of a stream in order, from a revision on. Errors: `store.corrupt` where revisions are missing. */
  async read(name: string, stream: string, from: number, limit: number): Promise<readonly StoredEvent[]> {
    const events = await this.#collected(name, stream, { fromRevision: BigInt(from), maxCount: limit });
    for (const [index, { revision }] of events.entries()) {
      if (revision === from + index) continue;
      throw new LedgerError('store.corrupt', `stream ${stream}: revision ${from + index} is missing`);
    }
    return events;
  }

  /** The last event of a stream. */
  async last(name: string, stream: string): Promise<StoredEvent | undefined> {
    const [event] = await this.#collected(name, stream, { fromRevision: END, maxCount: 1, direction: BACKWARDS });
    return event;
  }

  async #collected(
    name: string,
    stream: string,
    asked: {
      readonly fromRevision: bigint | typeof END;
      readonly maxCount: number;
      readonly direction?: typeof BACKWARDS;
    },
  ): Promise<StoredEvent[]> {
    try {
      const { entry } = this.#connection;
      const options = { ...asked, requiresLeader: true, ...entry };
      const events = await this.#connection.read<RecordedEvent>((client) => client.readStream(name, options));
      return events.map((event) => fromServer(event, stream));
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw error;
    }
  }
}
