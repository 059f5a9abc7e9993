import { setTimeout as wait } from 'node:timers/promises';
import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import { BACKWARDS, END } from '@eventstore/db-client';
import type { Position, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type { FollowedLog, Page } from '../event-store.ts';
import { Arrivals } from './arrivals.ts';
import { Backlog } from './backlog.ts';
import type { Connection } from './connection.ts';
import { fromServer } from './event-form.ts';
import { KeptReaders } from './kept-readers.ts';
import { LastEvent } from './last-event.ts';
import { LogReader } from './log-reader.ts';
import type { ServerPosition } from './positions.ts';
import { positionOf } from './positions.ts';
import { ServerLog } from './server-log.ts';
import type { StreamNames } from './stream-names.ts';

const RESUBSCRIBE_PAUSE = 200;

/** The events of one ledger among all of a server, in their order. */
export class Log {
  readonly #log: ServerLog;
  readonly #last: LastEvent;
  readonly #readers = new KeptReaders();

  constructor(connection: Connection, names: StreamNames) {
    this.#log = new ServerLog(connection, names);
    this.#last = new LastEvent(this.#log);
  }

  /**
   * A page after a position; one that is shorter than the limit is the last there is when it is asked for. Errors:
   * `query.invalid` for what is no position of a server.
   */
  async page(after: Position | undefined, limit: number): Promise<Page<StoredEvent>> {
    const reader = this.#readers.take(after) ?? new LogReader(this.#log, placeOf(after));
    const events: StoredEvent[] = [];
    let isEnd = false;
    try {
      while (!isEnd && events.length < limit) {
        const read = await reader.next(limit - events.length);
        for (const event of read.events) events.push(...this.#ours(event));
        isEnd = read.isEnd;
      }
    } catch (error) {
      reader.end();
      throw error;
    }
    const last = events.at(-1)?.position;
    if (isEnd || last === undefined || this.#log.isClosed) reader.end();
    else this.#readers.keep(last, reader);
    return { events, last };
  }

  /** The event at a position. */
  async at(position: Position): Promise<StoredEvent | undefined> {
    const fromPosition = positionOf(position);
    if (fromPosition === undefined) return undefined;
    const [first] = await this.#log.read({ fromPosition, maxCount: 1 }).catch(noneWhereInvalid);
    const [event] = first === undefined ? [] : this.#ours(first);
    return event?.position === position ? event : undefined;
  }

  /** The last event of the ledger. */
  async last(): Promise<StoredEvent | undefined> {
    const last = await this.#last.find();
    return last === undefined ? undefined : this.#ours(last)[0];
  }

  /** Resolves when the leader has answered. Errors: `store.unavailable` after so many milliseconds. */
  async probe(patience: number): Promise<void> {
    await this.#log.read({ fromPosition: END, maxCount: 1, direction: BACKWARDS }, patience);
  }

  /**
   * Every event after a position, and those that come, until the signal is given, in batches as they arrive. A dropped
   * subscription begins again after the last event that was taken, not the last that was sent.
   */
  async *follow({
    after,
    signal,
    connected,
  }: Parameters<FollowedLog['follow']>[0]): AsyncIterable<readonly StoredEvent[]> {
    let last = after;
    while (!signal.aborted) {
      const arrivals = new Arrivals(this.#log.subscribe(placeOf(last)), { signal });
      const backlog =
        connected && new Backlog(arrivals, { end: () => this.#last.find(), told: connected, taken: placeOf(last) });
      try {
        for (;;) {
          const events = (await arrivals.next()).flatMap(({ event }) => (event === undefined ? [] : this.#ours(event)));
          if (signal.aborted) return;
          if (events.length === 0) continue;
          yield events;
          last = events.at(-1)?.position;
          backlog?.take(placeOf(last));
        }
      } catch (error) {
        if (signal.aborted) return;
        await this.#log.recover(error);
      } finally {
        arrivals.end();
      }
      await wait(RESUBSCRIBE_PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Lets go of everything that is under way. */
  close(): void {
    this.#log.close();
    this.#readers.end();
  }

  /** None or one. */
  #ours(event: AllStreamRecordedEvent): readonly StoredEvent[] {
    const stream = this.#log.streamOf(event);
    return stream === undefined ? [] : [fromServer(event, stream)];
  }
}

/** Read models may come from another server, whose positions mean nothing here. */
function noneWhereInvalid(error: unknown): readonly AllStreamRecordedEvent[] {
  if (error instanceof LedgerError && error.code === 'query.invalid') return [];
  throw error;
}

function placeOf(position: Position | undefined): ServerPosition | undefined {
  if (position === undefined) return undefined;
  const place = positionOf(position);
  if (place === undefined) throw new LedgerError('query.invalid', `${position} is no position of this store`);
  return place;
}
