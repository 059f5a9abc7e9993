import type { EventStore } from '../../../src/store/event-store.ts';

export interface HaltingStore {
  readonly store: EventStore;
  /** Resolves when the append has been held up. */
  readonly halted: Promise<void>;
  goOn(): void;
}

/**
 * A store whose first append with an event of the type, or the first after so many, is held up before it happens, as by a
 * node that stands still.
 */
export function haltingStore(store: EventStore, type: string, { after = 0 } = {}): HaltingStore {
  const halted = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  let met = 0;
  const halting = new Proxy(store, {
    get(_, name) {
      if (name === 'append') {
        return async (...append: Parameters<EventStore['append']>) => {
          if (append[2].some((event) => event.type === type)) met += 1;
          if (met === after + 1 && append[2].some((event) => event.type === type)) {
            halted.resolve();
            await going.promise;
          }
          await store.append(...append);
        };
      }
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
  return { store: halting, halted: halted.promise, goOn: () => going.resolve() };
}
