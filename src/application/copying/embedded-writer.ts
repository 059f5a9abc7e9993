import type { Instant } from '../../kernel/instant.ts';
import { compareInstants } from '../../kernel/instant.ts';
import type { EventStore } from '../../store/event-store.ts';
import type { CopiedEvent, LogWriter } from './log-writer.ts';
import { newEvent } from './log-writer.ts';

const EVENTS_PER_COMMIT = 5_000;

/**
 * Writes the log in its order. Where its times decrease from one stream to another, as several nodes may have written
 * it, the target is told the latest with the events themselves, so that an interruption leaves it right.
 */
export class EmbeddedWriter implements LogWriter {
  readonly #target: EventStore;
  #latest: Instant | undefined;
  #decreases = false;
  #told: Instant | undefined;
  #waiting = 0;

  constructor(target: EventStore) {
    this.#target = target;
  }

  get waiting(): number {
    return this.#waiting;
  }

  async take(copied: CopiedEvent): Promise<void> {
    const { stored } = copied;
    this.#note(copied);
    if (this.#decreases && this.#told === undefined) this.#tell();
    await this.#target.append(stored.stream, stored.revision - 1, [newEvent(copied)]);
    this.#waiting += 1;
    if (this.#waiting >= EVENTS_PER_COMMIT) await this.#commit();
  }

  async separate(): Promise<void> {
    // Nothing overtakes anything in a file.
  }

  pass(copied: CopiedEvent): void {
    this.#note(copied);
  }

  end(): Promise<void> {
    return this.#commit();
  }

  async stop(): Promise<void> {
    // What has been appended is written when the store is closed.
  }

  #note({ metadata: { recordedAt } }: CopiedEvent): void {
    if (this.#latest !== undefined && compareInstants(recordedAt, this.#latest) < 0) this.#decreases = true;
    else this.#latest = recordedAt;
  }

  #tell(): void {
    if (this.#latest === undefined || this.#latest === this.#told) return;
    this.#target.keepTimesByStream?.(this.#latest);
    this.#told = this.#latest;
  }

  async #commit(): Promise<void> {
    if (this.#decreases) this.#tell();
    this.#waiting = 0;
    await this.#target.flush();
  }
}
