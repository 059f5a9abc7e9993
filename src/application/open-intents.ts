import { commandStream } from '../events/command-record.ts';
import type { LogFeed } from './stream-cache.ts';

const PREFIX = commandStream('');

/**
 * The commands over several streams that are begun and not completed, by whatever node, and how long this process has seen
 * them so, by a clock of its own: the nodes' clocks need not agree. Those that were open before the ledger was opened are not
 * among them, since opening it finishes them.
 */
export class OpenIntents {
  readonly #seenAt = new Map<string, number>();

  constructor(feed: LogFeed) {
    feed.onEvent(({ stream, type }) => {
      // An event may be told twice; one that was completed long ago is then told to be completed again.
      if (type === 'CommandBegun') this.#seenAt.set(stream.slice(PREFIX.length), performance.now());
      if (type === 'CommandCompleted') this.#seenAt.delete(stream.slice(PREFIX.length));
    });
  }

  /** The ids of those that have been open for so many milliseconds at least, oldest first. */
  openFor(milliseconds: number): readonly string[] {
    if (this.#seenAt.size === 0) return [];
    const until = performance.now() - milliseconds;
    return [...this.#seenAt].filter(([, seenAt]) => seenAt <= until).map(([id]) => id);
  }

  /** It has been found completed, though its completion was not told. */
  forget(commandId: string): void {
    this.#seenAt.delete(commandId);
  }
}
