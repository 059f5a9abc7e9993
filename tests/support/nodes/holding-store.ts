import type { EventStore } from '../../../src/store/event-store.ts';

export interface HoldingStore {
  readonly store: EventStore;
  /** From now on the answer to the next read of the stream waits; resolves when it has been read. */
  holdNextRead(): Promise<void>;
  letGo(): void;
}

/** A store whose answer to a read of the stream arrives late, so that others may act on what is in memory until then. */
export function holdingStore(store: EventStore, stream: string): HoldingStore {
  let held: { readonly read: PromiseWithResolvers<void>; readonly going: PromiseWithResolvers<void> } | undefined;
  const holding = new Proxy(store, {
    get(_, name) {
      if (name === 'read') {
        return async (...asked: Parameters<EventStore['read']>) => {
          const events = await store.read(...asked);
          if (held === undefined || asked[0] !== stream) return events;
          held.read.resolve();
          await held.going.promise;
          return events;
        };
      }
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
  return {
    store: holding,
    holdNextRead() {
      held = { read: Promise.withResolvers(), going: Promise.withResolvers() };
      return held.read.promise;
    },
    letGo() {
      held?.going.resolve();
      held = undefined;
    },
  };
}
