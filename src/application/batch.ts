import { LedgerError } from '../kernel/errors.ts';
import type { EventStore } from '../store/event-store.ts';

/**
 * Commands that share their waits for the disk. Each batch keeps its own count of losses: what one has been told of would
 * otherwise be kept from the others.
 */
export class Batch {
  readonly #store: EventStore;
  #losses: number;

  constructor(store: EventStore) {
    this.#store = store;
    this.#losses = store.losses;
  }

  /**
   * Makes everything accepted so far durable. Errors: `store.unavailable` when something accepted since the last call, or
   * since the batch was begun, was lost, also when that was noticed before.
   */
  async flush(): Promise<void> {
    const before = this.#losses;
    try {
      await this.#store.flush();
    } finally {
      this.#losses = this.#store.losses;
    }
    if (this.#losses === before) return;
    throw new LedgerError('store.unavailable', 'commands accepted before were lost, not all of them became durable');
  }
}
