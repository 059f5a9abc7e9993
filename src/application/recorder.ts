import type { LedgerEvent } from '../events/catalogue.ts';
import { decode, decodeMetadata } from '../events/codec.ts';
import { refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import { compareInstants, laterInstant } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';

/** Before every instant a clock can show; the time of what was remembered before anything was recorded. */
const BEGINNING: Instant = '0001-01-01T00:00:00Z';

/** Keeps the time of the last recorded event, so that `recordedAt` never decreases along the log (SPEC section 2). */
export class Recorder {
  readonly #store: EventStore;
  #last: Instant;
  #losses: number;

  private constructor(store: EventStore, last: Instant) {
    this.#store = store;
    this.#last = last;
    this.#losses = store.losses;
  }

  static async open(store: EventStore): Promise<Recorder> {
    return new Recorder(store, await lastRecordedAt(store));
  }

  /** The time of the last recorded event. */
  get last(): Instant {
    return this.#last;
  }

  /** Whether events were lost since their time was taken for the last one. */
  get hasLost(): boolean {
    return this.#losses !== this.#store.losses;
  }

  /** Takes the time of the last event from the log again. */
  async recover(): Promise<void> {
    this.#losses = this.#store.losses;
    this.#last = await lastRecordedAt(this.#store);
  }

  /** Whether an instant lies before the last recorded event. */
  liesBack(instant: Instant): boolean {
    return compareInstants(instant, this.#last) < 0;
  }

  /**
   * The time to record an event at: now, unless an event was recorded later than that; where the store is shared, an event
   * of its own stream, since the clocks of several nodes need not agree.
   */
  stamp(now: Instant, stream: { readonly recordedAt?: Instant | undefined }): Instant {
    if (!this.#store.shared) {
      this.#last = laterInstant(this.#last, now);
      return this.#last;
    }
    return stream.recordedAt === undefined ? now : laterInstant(stream.recordedAt, now);
  }

  /** An event was recorded at that time. Where the store is shared, that is known only when it has been appended. */
  recorded(at: Instant): void {
    this.#last = laterInstant(this.#last, at);
  }

  /** The time of the last recorded event, and no later than now: that of what is appended and records nothing yet. */
  lastUpTo(now: Instant): Instant {
    return this.liesBack(now) ? now : this.#last;
  }

  /** Refuses with `clock.goes_back` what was given before the last event of its stream was recorded. */
  refuseLater(
    instant: Instant,
    { stream, recordedAt }: { readonly stream: string; readonly recordedAt?: Instant | undefined },
  ): void {
    if (!this.#store.shared || recordedAt === undefined || compareInstants(recordedAt, instant) <= 0) return;
    refuse('clock.goes_back', `${instant} lies before the last recorded event of stream ${stream}, ${recordedAt}`);
  }

  /** The events of a stream, up to a revision. */
  async eventsUpTo(stream: string, upTo?: number): Promise<readonly LedgerEvent[]> {
    const limit = upTo === undefined ? {} : { limit: upTo + 1 };
    return (await this.#store.read(stream, limit)).map((stored) => decode(stored).event);
  }

  /** The events of one command in one stream. */
  async eventsOf(commandId: string, stream: string): Promise<readonly LedgerEvent[]> {
    const events = (await this.#store.read(stream)).map(decode);
    return events.filter(({ metadata }) => metadata.commandId === commandId).map(({ event }) => event);
  }
}

async function lastRecordedAt(store: EventStore): Promise<Instant> {
  const last = await store.last();
  // In a log that several nodes had written, the last event need not be the latest.
  const latest = store.timesByStreamUpTo ?? BEGINNING;
  return last === undefined ? latest : laterInstant(latest, decodeMetadata(last).recordedAt);
}
