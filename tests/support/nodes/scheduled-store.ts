import type fc from 'fast-check';
import type { EventStore } from '../../../src/store/event-store.ts';

/**
 * A store whose every call waits until the scheduler lets it go on: an append once before it happens and once before
 * its answer arrives, so that others may act in between, as they may with a store at the other end of a network.
 */
export function scheduledStore(store: EventStore, scheduler: fc.Scheduler, node: string): EventStore {
  const turn = (call: string) => scheduler.schedule(Promise.resolve(), `${node} ${call}`);
  const answered = scheduler.scheduleFunction(async (append: Promise<void>) => append);
  return {
    shared: store.shared,
    async append(stream, expected, events) {
      await turn(`append ${stream} at ${expected}`);
      return answered(store.append(stream, expected, events));
    },
    async read(stream, options) {
      await turn(`read ${stream}`);
      return store.read(stream, options);
    },
    async head(stream) {
      await turn(`head ${stream}`);
      return store.head(stream);
    },
    async readAll(options) {
      await turn('readAll');
      return store.readAll(options);
    },
    async scan(options) {
      await turn('scan');
      return store.scan(options);
    },
    async commandRecord(commandId) {
      await turn(`commandRecord ${commandId}`);
      return store.commandRecord(commandId);
    },
    settled: () => store.settled(),
    flush: () => store.flush(),
    betweenAppends: (work) => store.betweenAppends(work),
    heads: () => store.heads(),
    countAfter: (position) => store.countAfter(position),
    last: () => store.last(),
    at: (position) => store.at(position),
    subscribe: (options) => store.subscribe(options),
    probe: () => store.probe(),
    integrity: () => store.integrity(),
    get losses() {
      return store.losses;
    },
    close: () => store.close(),
  };
}
