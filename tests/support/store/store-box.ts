import type { EventStore } from '../../../src/store/event-store.ts';

/** The store a test works on; `reopened` is the store after closing and opening, where the adapter keeps anything. */
export interface StoreBox {
  readonly store: EventStore;
  reopened(): Promise<EventStore>;
}
