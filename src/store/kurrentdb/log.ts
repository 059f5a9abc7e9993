import { setTimeout as wait } from 'node:timers/promises';
import type { AllStreamRecordedEvent, ReadPosition } from '@eventstore/db-client';
import { BACKWARDS, END, START, streamNameFilter } from '@eventstore/db-client';
import type { Position, StoredEvent } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type { FollowedLog, Page } from '../event-store.ts';
import { Arrivals, SubscriptionEnded } from './arrivals.ts';
import type { Connection } from './connection.ts';
import { deadline } from './connection.ts';
import { fromServer } from './event-form.ts';
import { isAmbiguous, refusalOf } from './failures.ts';
import type { ServerPosition } from './positions.ts';
import { comesAfter, positionOf, positionText } from './positions.ts';
import type { StreamNames } from './stream-names.ts';

/** How many events of the server are read at once while those of the ledger are looked for. */
const READ_AT_ONCE = 1_000;
const RESUBSCRIBE_PAUSE = 200;

/** The events of one ledger among all of a server, in their order. */
export class Log {
  readonly #connection: Connection;
  readonly #names: StreamNames;

  /** The newest event of the ledger up to a place of the server's log, behind which nobody has looked yet. */
  #newest: StoredEvent | undefined;
  #lookedFrom: ServerPosition | undefined;

  constructor(connection: Connection, names: StreamNames) {
    this.#connection = connection;
    this.#names = names;
  }

  /** A page after a position. Errors: `query.invalid` for what is no position of a server. */
  async page(after: Position | undefined, limit: number): Promise<Page<StoredEvent>> {
    const events: StoredEvent[] = [];
    for (let from = after; events.length < limit; ) {
      const { found, last } = await this.#read(from, Math.max(limit - events.length, 50));
      events.push(...found.slice(0, limit - events.length));
      if (last === undefined) break;
      from = last;
    }
    return { events, last: events.at(-1)?.position };
  }

  /** The event at a position. */
  async at(position: Position): Promise<StoredEvent | undefined> {
    const fromPosition = positionOf(position);
    if (fromPosition === undefined) return undefined;
    const [first] = await this.#collected({ fromPosition, maxCount: 1 });
    const event = first === undefined ? undefined : this.#ours(first);
    return event?.position === position ? event : undefined;
  }

  /** The last event of the ledger. Only what others of the server have appended since it was asked last is passed over. */
  async last(patience?: number): Promise<StoredEvent | undefined> {
    const [newest, lookedFrom] = [this.#newest, this.#lookedFrom];
    let from: ReadPosition = END;
    let top: ServerPosition | undefined;
    for (let maxCount = 20; ; maxCount = READ_AT_ONCE) {
      const asked = { fromPosition: from, maxCount, direction: BACKWARDS } as const;
      const read: readonly AllStreamRecordedEvent[] = await this.#collected(asked, patience);
      top ??= read[0]?.position;
      for (const event of read) {
        const own = this.#ours(event);
        const isKnown = lookedFrom !== undefined && !comesAfter(event.position, lookedFrom);
        if (own === undefined && !isKnown) continue;
        return this.#looked(own ?? newest, top);
      }
      const oldest = read.at(-1);
      if (oldest === undefined || read.length < maxCount) {
        return this.#looked(undefined, top);
      }
      from = oldest.position;
    }
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
      const arrivals = new Arrivals(this.#subscribe(last), { signal, connected });
      try {
        for (;;) {
          const events = (await arrivals.next()).flatMap(({ event }) => (event && this.#ours(event)) ?? []);
          if (signal.aborted) return;
          if (events.length === 0) continue;
          yield events;
          last = events.at(-1)?.position;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!isDropped(error)) throw refusalOf(error) ?? error;
        await this.#connection.recover(error);
      } finally {
        arrivals.end();
      }
      await wait(RESUBSCRIBE_PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Remembers how far it was looked; somebody else may have looked further meanwhile. */
  #looked(newest: StoredEvent | undefined, from: ServerPosition | undefined): StoredEvent | undefined {
    if (from !== undefined && (this.#lookedFrom === undefined || comesAfter(from, this.#lookedFrom))) {
      this.#lookedFrom = from;
      this.#newest = newest;
    }
    return newest;
  }

  #subscribe(after: Position | undefined) {
    return this.#connection.client.subscribeToAll({
      fromPosition: this.#startOf(after),
      filter: streamNameFilter({ regex: this.#names.pattern }),
      ...this.#connection.entry,
    });
  }

  async #read(after: Position | undefined, wanted: number) {
    const start = this.#startOf(after);
    const maxCount = Math.min(wanted + 1, READ_AT_ONCE);
    const read = await this.#collected({ fromPosition: start, maxCount });
    // A read begins with the event at the position it is given.
    const following = read.filter(({ position }) => positionText(position) !== after);
    const newest = read.length < maxCount ? undefined : following.at(-1);
    const found = following.flatMap((event) => this.#ours(event) ?? []);
    return { found, last: newest === undefined ? undefined : positionText(newest.position) };
  }

  #startOf(after: Position | undefined): ReadPosition {
    if (after === undefined) return START;
    const position = positionOf(after);
    if (position === undefined) throw new LedgerError('query.invalid', `${after} is no position of this store`);
    return position;
  }

  #collected(
    asked: {
      readonly fromPosition: ReadPosition;
      readonly maxCount: number;
      readonly direction?: typeof BACKWARDS;
    },
    patience?: number,
  ): Promise<readonly AllStreamRecordedEvent[]> {
    return this.#connection.call(async (client) => {
      const { entry } = this.#connection;
      const events: AllStreamRecordedEvent[] = [];
      for await (const { event } of client.readAll({ ...asked, requiresLeader: true, deadline, ...entry })) {
        if (event !== undefined) events.push(event);
      }
      return events;
    }, patience);
  }

  #ours(event: AllStreamRecordedEvent): StoredEvent | undefined {
    const stream = this.#names.streamOf(event.streamId);
    return stream === undefined ? undefined : fromServer(event, stream);
  }
}

/** Whether a subscription ended because the server or the connection did; everything else is told to whoever follows. */
function isDropped(error: unknown): boolean {
  if (isAmbiguous(error) || error instanceof SubscriptionEnded) return true;
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
