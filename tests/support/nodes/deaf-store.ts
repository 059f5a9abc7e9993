import { once } from 'node:events';
import type { EventStore, FollowedLog } from '../../../src/store/event-store.ts';

/** A shared store whose subscription tells what is there when it begins, and then nothing: what others append comes too late. */
export function deafStore(store: EventStore): EventStore {
  const { followed } = store;
  if (followed === undefined) throw new TypeError('only a shared store is followed');
  const deaf: FollowedLog = {
    follow: (options) => thenSilence(store, options),
    isAfter: followed.isAfter,
    get known() {
      return followed.known;
    },
  };
  return new Proxy(store, {
    get(_, name) {
      if (name === 'followed') return deaf;
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
}

async function* thenSilence(store: EventStore, { after, signal, connected }: Parameters<FollowedLog['follow']>[0]) {
  const { events } = await store.readAll({ after, limit: 1_000 });
  yield events;
  connected?.(true);
  if (!signal.aborted) await once(signal, 'abort');
}
