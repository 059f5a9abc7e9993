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

/**
 * Of that many events the rows stay in memory while they are folded; more would take longer to fold as well, since the
 * collector has to go through them. Where threads begin to pay early, as tests wish, passes are short too.
 */
const EVENTS_A_PASS = 1_000_000;
const [EVENTS_A_PASS_AT_LEAST, PASS_TO_FROM] = [500, 5];
/** Each pass walks over the whole log, which costs about a twentieth of folding it. */
const PASSES_AT_MOST = 32;

/** In how many passes a log of so many events is folded. */
export function passesOver(events: number, { from }: Pick<Beside, 'from'>): number {
  const eventsAPass = Math.min(EVENTS_A_PASS, Math.max(EVENTS_A_PASS_AT_LEAST, PASS_TO_FROM * from));
  return Math.min(PASSES_AT_MOST, Math.max(1, Math.round(events / eventsAPass)));
}

/** Folds one half of each part of the log on another thread; not where the read models are in memory, which it could not read. */
export function foldsBeside({ start, from, store, readModels }: Beside): FoldsBeside | undefined {
  if (readModels === undefined) return undefined;
  return {
    store,
    folder: `${readModels}-half`,
    passesOver: (events) => passesOver(events, { from }),
    start() {
      const thread = start();
      return {
        foldPart: (part) => thread.ask('foldPart', part),
        digest: (tables) => thread.ask('digest', { file: readModels, tables }),
        close: () => thread.close(),
      };
    },
  };
}
