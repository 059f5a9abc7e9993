import { isDeepStrictEqual } from 'node:util';
import type { LedgerEvent } from '../events/catalogue.ts';
import { decodeEvent } from '../events/codec.ts';
import type { EventStore } from '../store/event-store.ts';
import type { Category } from './categories.ts';
import { certificates, reservations } from './categories.ts';
import { Snapshots } from './snapshots.ts';

/**
 * Compares every snapshot that a command would begin with with the fold of its stream. One that a command would ignore is
 * no finding: it is rebuilt when its stream grows.
 */
export async function wrongSnapshots(store: EventStore): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const { stream, version, revision } of (await store.snapshots?.all()) ?? []) {
    const wrong =
      (version === certificates.snapshot?.version && (await isWrong(certificates, stream, store))) ||
      (version === reservations.snapshot?.version && (await isWrong(reservations, stream, store)));
    if (wrong) findings.push(`the snapshot of stream ${stream} at revision ${revision} is not what its events come to`);
  }
  return findings;
}

async function isWrong<State, Event extends LedgerEvent>(
  category: Category<State, Event>,
  stream: string,
  store: EventStore,
): Promise<boolean> {
  const restored = await new Snapshots(store).restore(category, stream);
  if (restored === undefined) return false;
  let state = category.initial();
  for (const stored of await store.read(stream, { limit: restored.revision + 1 })) {
    state = category.evolve(state, decodeEvent(stored) as Event);
  }
  const folded = category.trim === undefined ? state : category.trim(state);
  // As JSON keeps them, but whatever the order of members: a state made by decisions has another one than a read one.
  const written = (form: State): unknown => JSON.parse(JSON.stringify(category.snapshot?.write(form)));
  return !isDeepStrictEqual(written(folded), written(restored.state));
}
