import { LedgerError } from '../../../src/index.ts';
import type { EventStore } from '../../../src/store/event-store.ts';

const WAITS = new Set<PropertyKey>(['append', 'read', 'head', 'commandRecord']);

/**
 * A store at the other end of a network: some calls are answered sooner, some later, by the seed, so that those on their
 * way at the same time overtake each other. After so many appends it can no longer be reached.
 */
export function slowStore(
  store: EventStore,
  { seed, appends = Number.POSITIVE_INFINITY }: { readonly seed: number; readonly appends?: number },
): EventStore {
  let state = seed;
  let left = appends;
  const turns = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % 4;
  };
  return new Proxy(store, {
    get(_, name) {
      // Every append has to come by here.
      if (name === 'atOnce') return undefined;
      const member: unknown = Reflect.get(store, name, store);
      if (typeof member !== 'function') return member;
      const call = member.bind(store) as (...given: readonly unknown[]) => unknown;
      if (!WAITS.has(name)) return call;
      return async (...given: readonly unknown[]) => {
        for (let turn = turns(); turn > 0; turn -= 1) await new Promise<void>((resolve) => setImmediate(resolve));
        if (left <= 0) throw new LedgerError('store.unavailable', 'the store cannot be reached any more');
        if (name === 'append') left -= 1;
        return call(...given);
      };
    },
  });
}
