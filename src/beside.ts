import type { FoldsBeside } from '../projections/halves.ts';
import type { ChainBeside } from './application/verify.ts';
import type { SecondThread } from './second-thread.ts';
import type { EventStoreInHalves } from './store/event-store.ts';

/** What work on the whole log needs to use a second thread. */
export interface Beside {
  readonly start: () => SecondThread;
  /** From how many events on that pays. */
  readonly from: number;
  readonly store: EventStoreInHalves;
  /** The file of the read models; none where they are in memory. */
  readonly readModels: string | undefined;
}

/** Checks file, chains and heads on another thread. */
export function chainBeside(thread: SecondThread): ChainBeside {
  return {
    begin: (expected, events) => void thread.ask('beginChain', { expected, events }),
    end: (upTo) => thread.ask('endChain', { upTo }),
  };
}

/** Folds one half of the log on another thread; not where the read models are in memory, which it could not read. */
export function foldsBeside({ start, store, readModels }: Beside): FoldsBeside | undefined {
  if (readModels === undefined) return undefined;
  return {
    store,
    file: `${readModels}-half`,
    start() {
      const thread = start();
      return {
        foldHalf: (half) => thread.ask('foldHalf', half),
        digest: (tables) => thread.ask('digest', { file: readModels, tables }),
        close: () => thread.close(),
      };
    },
  };
}
