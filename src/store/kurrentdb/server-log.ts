import type { AllStreamRecordedEvent, AllStreamSubscription, ReadPosition } from '@eventstore/db-client';
import { type BACKWARDS, START, streamNameFilter } from '@eventstore/db-client';
import { LedgerError } from '../../kernel/errors.ts';
import { SubscriptionEnded } from './arrivals.ts';
import type { Connection } from './connection.ts';
import { isAmbiguous, refusalOf } from './failures.ts';
import type { ServerPosition } from './positions.ts';
import type { StreamNames } from './stream-names.ts';

/**
 * How many events the server passes over at once by itself, and after how many it tells how far it has come. Its own
 * choice is 32, with which what belongs to others goes by ten times slower.
 */
const PASSED_AT_ONCE = 1_000;

/** The log of a server, with everything that anybody has appended there. */
export class ServerLog {
  readonly #connection: Connection;
  readonly #names: Pick<StreamNames, 'pattern' | 'streamOf'>;
  #isClosed = false;

  constructor(connection: Connection, names: Pick<StreamNames, 'pattern' | 'streamOf'>) {
    this.#connection = connection;
    this.#names = names;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Reads at most so many events of everybody, beginning with the one at a place. */
  async read(
    asked: {
      readonly fromPosition: ReadPosition;
      readonly maxCount: number;
      readonly direction?: typeof BACKWARDS;
    },
    patience?: number,
  ): Promise<readonly AllStreamRecordedEvent[]> {
    this.#refuseWhenClosed();
    const options = { ...asked, requiresLeader: true, ...this.#connection.entry };
    return this.#connection.read<AllStreamRecordedEvent>((client) => client.readAll(options), patience);
  }

  /**
   * The events after a place which the server does not leave out by the names of their streams. `passed` is told a place
   * now and then up to which there are no others than those sent; events sent before may still be on their way.
   */
  subscribe(
    after: ServerPosition | undefined,
    {
      requiresLeader = false,
      passed,
    }: { readonly requiresLeader?: boolean; readonly passed?: (place: ServerPosition) => void } = {},
  ): AllStreamSubscription {
    this.#refuseWhenClosed();
    return this.#connection.client.subscribeToAll({
      fromPosition: after ?? START,
      filter: streamNameFilter({
        regex: this.#names.pattern,
        maxSearchWindow: PASSED_AT_ONCE,
        ...(passed === undefined ? {} : { checkpointReached: (_, place) => passed(place) }),
      }),
      requiresLeader,
      ...this.#connection.entry,
    });
  }

  /** Lets a subscription that was dropped be taken up again. Errors: every other reason for which it has ended. */
  async recover(error: unknown): Promise<void> {
    if (!isDropped(error)) throw refusalOf(error) ?? error;
    await this.#connection.recover(error);
  }

  /** The ledger's name of the stream of an event; none where it is another's. */
  streamOf(event: AllStreamRecordedEvent): string | undefined {
    return this.#names.streamOf(event.streamId);
  }

  /** Nothing is asked of the server any more. */
  close(): void {
    this.#isClosed = true;
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new LedgerError('ledger.closed', 'the store has been closed');
  }
}

/** Whether a subscription ended because the server or the connection did; everything else is told to whoever follows. */
function isDropped(error: unknown): boolean {
  if (isAmbiguous(error) || error instanceof SubscriptionEnded) return true;
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
