import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import { Arrivals } from './arrivals.ts';
import type { ServerPosition } from './positions.ts';
import { comesAfter } from './positions.ts';
import type { ServerLog } from './server-log.ts';

/** After so many milliseconds without a word the server is taken to have come to the end, as old ones do not tell it. */
const QUIET = 1_000;

/** What the server told between two events: how far it has come, or, without a place, that it sends what is new now. */
interface Mark {
  readonly sentBefore: number;
  readonly place: ServerPosition | undefined;
}

/**
 * The events of a ledger from a place of the server's log up to about its end, by a subscription. Where exactly it stops
 * is nothing to rely on: whoever scans has to read on after {@link place} to know that there is nothing more.
 */
export class Scan {
  readonly #arrivals: Arrivals;
  readonly #ended = new AbortController();
  /** The client tells these ahead of events that wait in its buffer, so each counts once what was sent before is given. */
  #marks: Mark[] = [];
  #rest: readonly AllStreamRecordedEvent[] = [];
  #given = 0;
  #place: ServerPosition | undefined;
  #isLive = false;

  constructor(log: ServerLog, after: ServerPosition | undefined) {
    this.#place = after;
    const mark = (place?: ServerPosition) => {
      this.#marks.push({ sentBefore: this.#arrivals.sent, place });
      this.#arrivals.disturb();
    };
    const subscription = log.subscribe(after, { requiresLeader: true, passed: mark });
    this.#arrivals = new Arrivals(subscription, { signal: this.#ended.signal });
    subscription.on('caughtUp', () => mark());
  }

  /** Up to here every event of the ledger has been given. */
  get place(): ServerPosition | undefined {
    return this.#place;
  }

  /** At most so many of the events that follow; none when the scan is over. Errors: what the subscription failed with. */
  async next(limit: number): Promise<readonly AllStreamRecordedEvent[]> {
    while (this.#rest.length === 0) {
      this.#pass();
      if (this.#isLive || !(await this.#arrived())) return [];
    }
    const events = this.#rest.slice(0, limit);
    this.#rest = this.#rest.slice(limit);
    this.#given += events.length;
    this.#reach(events.at(-1)?.position);
    this.#pass();
    return events;
  }

  /** Lets go of the subscription. */
  end(): void {
    this.#ended.abort();
    this.#arrivals.end();
  }

  /** Whether the server has said anything in time. */
  async #arrived(): Promise<boolean> {
    let isQuiet = false;
    const patience = setTimeout(() => {
      isQuiet = true;
      this.#arrivals.disturb();
    }, QUIET);
    try {
      // A link, which the ledger has none of, may point to an event that is gone.
      this.#rest = (await this.#arrivals.next()).flatMap(({ event }) => event ?? []);
    } finally {
      clearTimeout(patience);
    }
    return this.#rest.length > 0 || !isQuiet;
  }

  #pass(): void {
    let passed = 0;
    for (const { sentBefore, place } of this.#marks) {
      if (sentBefore > this.#given) break;
      passed += 1;
      if (place === undefined) this.#isLive = true;
      else this.#reach(place);
    }
    if (passed > 0) this.#marks = this.#marks.slice(passed);
  }

  #reach(place: ServerPosition | undefined): void {
    if (place === undefined || (this.#place !== undefined && !comesAfter(place, this.#place))) return;
    this.#place = place;
  }
}
