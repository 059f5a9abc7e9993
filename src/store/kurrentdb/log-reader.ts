import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import { START } from '@eventstore/db-client';
import type { ServerPosition } from './positions.ts';
import { comesAfter } from './positions.ts';
import { Scan } from './scan.ts';
import type { ServerLog } from './server-log.ts';

const [FEWEST, READ_AT_ONCE] = [50, 1_000];

/** Events of the ledger, and whether the server had no more of them after these when it was asked. */
export interface ReadOn {
  readonly events: readonly AllStreamRecordedEvent[];
  readonly isEnd: boolean;
}

/**
 * Reads the events of a ledger from a place of the server's log on. Reads of the server come with everybody's events, and
 * one that comes short proves the end; a subscription comes with the ledger's alone, but not with the end. So a read
 * begins, a scan passes over what is long, and a read ends.
 */
export class LogReader {
  readonly #log: ServerLog;
  /** Everything up to here has been given or is in {@link #rest}. */
  #place: ServerPosition | undefined;
  #rest: readonly AllStreamRecordedEvent[] = [];
  #scan: Scan | undefined;
  #isLong = false;

  constructor(log: ServerLog, after: ServerPosition | undefined) {
    this.#log = log;
    this.#place = after;
  }

  /** At the end of the log: the last place that was read, whoever's event is there. */
  get place(): ServerPosition | undefined {
    return this.#place;
  }

  /** At most so many of the events that follow, and at least one, unless there are no more. */
  async next(limit: number): Promise<ReadOn> {
    while (this.#rest.length === 0) {
      if (this.#isLong) {
        const events = await this.#scanned(limit);
        if (events.length > 0) return { events, isEnd: false };
      }
      const isEnd = await this.#read(limit);
      if (isEnd && this.#rest.length <= limit) return { events: this.#taken(limit), isEnd };
    }
    return { events: this.#taken(limit), isEnd: false };
  }

  /** Lets go of what is under way. */
  end(): void {
    this.#scan?.end();
    this.#scan = undefined;
  }

  #taken(limit: number): readonly AllStreamRecordedEvent[] {
    const events = this.#rest.slice(0, limit);
    this.#rest = this.#rest.slice(limit);
    return events;
  }

  /** Reads at the leader; true when it has come to the end. */
  async #read(limit: number): Promise<boolean> {
    const maxCount = this.#isLong ? READ_AT_ONCE : Math.min(Math.max(limit, FEWEST) + 1, READ_AT_ONCE);
    const read = await this.#log.read({ fromPosition: this.#place ?? START, maxCount });
    const place = this.#place;
    // A read begins with the event at the place it is given.
    const following = place === undefined ? read : read.filter(({ position }) => comesAfter(position, place));
    this.#place = following.at(-1)?.position ?? place;
    this.#rest = following.filter((event) => this.#log.streamOf(event) !== undefined);
    this.#isLong = read.length >= maxCount;
    return !this.#isLong;
  }

  /** None when the scan is over, or was dropped: then what follows is read, and another scan begins where that is long. */
  async #scanned(limit: number): Promise<readonly AllStreamRecordedEvent[]> {
    this.#scan ??= new Scan(this.#log, this.#place);
    const scan = this.#scan;
    try {
      const events = await scan.next(limit);
      this.#place = scan.place;
      if (events.length === 0) this.end();
      return events;
    } catch (error) {
      this.#place = scan.place;
      this.end();
      await this.#log.recover(error);
      return [];
    }
  }
}
