import { LedgerError } from '../../../src/index.ts';
import type { EventStore } from '../../../src/store/event-store.ts';

/** When the append fails: before anything is stored, or after everything is, when only the answer is lost. */
export type Fault = 'before' | 'after';

export interface FaultyStore {
  readonly store: EventStore;
  /** Whether the fault has happened. */
  readonly failed: boolean;
}

/** A store whose n-th append fails once, and which works again after that. */
export function faultyStore(store: EventStore, appendNumber: number, fault: Fault): FaultyStore {
  let appends = 0;
  let failed = false;
  const fail = (): never => {
    failed = true;
    throw new LedgerError('store.unavailable', `append ${appendNumber} failed ${fault} it happened`);
  };
  const faulty = new Proxy(store, {
    get(_, name) {
      // Every append has to come by here.
      if (name === 'atOnce') return undefined;
      if (name === 'append') {
        return async (...append: Parameters<EventStore['append']>) => {
          if (append[2].length > 0) appends += 1;
          // Others may append before this one is done.
          const isIt = appends === appendNumber && !failed;
          if (fault === 'before' && isIt) fail();
          await store.append(...append);
          if (fault === 'after' && isIt) fail();
        };
      }
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
  return {
    store: faulty,
    get failed() {
      return failed;
    },
  };
}
