import type { Position } from '../../events/envelope.ts';
import type { LogReader } from './log-reader.ts';

/** Whoever pages through the log comes for the next page soon; so long, in milliseconds, a reader waits for that. */
const KEPT_FOR = 2_000;
/** As many may page at once. */
const KEPT_AT_MOST = 8;

interface Kept {
  readonly after: Position;
  readonly reader: LogReader;
  readonly timer: NodeJS.Timeout;
}

/** Readers between two pages, by the last event they have given. */
export class KeptReaders {
  #kept: readonly Kept[] = [];

  /** The reader that stands after an event, no longer kept. */
  take(after: Position | undefined): LogReader | undefined {
    const kept = this.#kept.find((one) => one.after === after);
    if (kept !== undefined) this.#forget(kept);
    return kept?.reader;
  }

  keep(after: Position, reader: LogReader): void {
    const [oldest] = this.#kept;
    if (oldest !== undefined && this.#kept.length >= KEPT_AT_MOST) this.#end(oldest);
    const kept: Kept = { after, reader, timer: setTimeout(() => this.#end(kept), KEPT_FOR) };
    // A process that has nothing else to do is not kept from its end.
    kept.timer.unref();
    this.#kept = [...this.#kept, kept];
  }

  end(): void {
    for (const kept of this.#kept) this.#end(kept);
  }

  #end(kept: Kept): void {
    this.#forget(kept);
    kept.reader.end();
  }

  #forget(kept: Kept): void {
    clearTimeout(kept.timer);
    this.#kept = this.#kept.filter((one) => one !== kept);
  }
}
