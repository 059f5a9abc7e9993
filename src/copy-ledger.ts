import { resolve } from 'node:path';
import type { ReplayedProjection } from '../projections/replay.ts';
import { Replay } from '../projections/replay.ts';
import { CheckedLog, pagesUpTo } from './application/copying/checked-log.ts';
import { copyLog } from './application/copying/copy-log.ts';
import { differencesBetweenHeads } from './application/copying/differences.ts';
import type { StreamHeads } from './application/stream-heads.ts';
import { decodeEvent } from './events/codec.ts';
import type { Position } from './events/envelope.ts';
import { LedgerError } from './kernel/errors.ts';
import { openStore } from './open-store.ts';
import type { EventStore } from './store/event-store.ts';
import type { ServerAccess } from './store/kurrentdb/server-address.ts';

/** What of a copy is under way: a look at what the target holds, the copying itself, reading the copy. */
export type CopyPhase = 'check' | 'copy' | 'compare';

/** From where to where a ledger is copied. */
export interface CopyOptions {
  /** `sqlite:FILE` or `esdb://…[&ledger=NAME]`; only read, so that its writer may be at work. */
  readonly from: string;
  /** Nobody else may write it meanwhile. */
  readonly to: string;
  /**
   * Told how many events of how many are done; what it throws ends the copy, and run again it goes on. A server does not
   * know how many events there are: without `counted` the total is what has been met.
   */
  readonly progress?: (phase: CopyPhase, done: number, total: number) => void;
  /** Counts the source's events first, for which a server's log is read once more. */
  readonly counted?: boolean;
  /** How a server is entered, where its address does not say it. */
  readonly server?: ServerAccess | undefined;
  /** Ends the copy with its reason; run again it goes on. */
  readonly signal?: AbortSignal;
}

/** What a copy has come to, and whether both sides are the same. */
export interface LedgerCopy {
  readonly ok: boolean;
  /** What is not the same, one sentence each. */
  readonly differences: readonly string[];
  /** The last event of the source that belongs to the copy, by the source's positions; what came later does not. */
  readonly upTo: Position | null;
  readonly streams: number;
  readonly events: number;
  /** How many commands find their record in the copy. */
  readonly commands: number;
  /** How many of the events this run has appended. */
  readonly appended: number;
  /** Over the heads of all streams: that of `verify` on either side. */
  readonly digest: string;
  /** The read models of the copied events: those of a rebuild on either side. */
  readonly projections: readonly ReplayedProjection[];
}

/**
 * Copies a ledger into another store, whichever it is, with its streams, revisions, metadata and hash chains, and compares
 * the two by what each has. Stopped anywhere and run again it goes on; run again after more was recorded it adds that.
 * Errors: `copy.other_ledger` for a target with events the source has not, `store.corrupt` where one of the logs is
 * broken, `query.invalid`, and those of opening a store.
 */
export async function copyLedger(options: CopyOptions): Promise<LedgerCopy> {
  refuseSameStore(options);
  const { store: source } = await openStore({ store: options.from, readOnly: true, access: options.server });
  try {
    const { store: target } = await openStore({
      store: options.to,
      access: options.server,
    });
    try {
      return await copyStore(source, target, options);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** The same for stores that are open. */
export async function copyStore(
  source: EventStore,
  target: EventStore,
  { progress, counted = false, signal }: Omit<CopyOptions, 'from' | 'to'> = {},
): Promise<LedgerCopy> {
  const upTo = (await source.last())?.position;
  const total = counted || !source.shared ? await countUpTo(source, upTo) : 0;
  const told = (phase: CopyPhase, done: number) => progress?.(phase, done, Math.max(done, total));
  const [there, here] = [new Replay(), new Replay()];
  try {
    const observe = there.fold.bind(there);
    const copied = await copyLog({ source, target, upTo, observe, told, signal });
    const heads = await readCopy(target, here, (done) => {
      signal?.throwIfAborted();
      progress?.('compare', done, Math.max(done, copied.events));
    });
    const projections = there.digests();
    const differences = [
      ...differencesBetweenHeads(copied.heads, heads),
      ...differencesBetweenProjections(projections, here.digests()),
    ];
    return {
      ok: differences.length === 0,
      differences,
      upTo: upTo ?? null,
      streams: copied.heads.size,
      events: copied.events,
      commands: copied.commands,
      appended: copied.appended,
      digest: copied.heads.digest(),
      projections,
    };
  } finally {
    there.close();
    here.close();
  }
}

async function readCopy(target: EventStore, replay: Replay, told: (done: number) => void): Promise<StreamHeads> {
  const log = new CheckedLog();
  for await (const page of pagesUpTo(target)) {
    for (const stored of page) {
      log.take(stored);
      replay.fold(decodeEvent(stored), stored);
    }
    told(log.events);
  }
  return log.heads;
}

/** Others may append to the source meanwhile. */
async function countUpTo(source: EventStore, upTo: Position | undefined): Promise<number> {
  if (upTo === undefined) return 0;
  const after = await source.countAfter(upTo);
  return (await source.countAfter()) - after;
}

function differencesBetweenProjections(
  source: readonly ReplayedProjection[],
  target: readonly ReplayedProjection[],
): string[] {
  return source.flatMap(({ projection, rows, digest }, index) => {
    const other = target[index];
    if (other?.digest === digest) return [];
    return `projection ${projection}: ${rows} rows with digest ${digest} in the source, ${other?.rows} with ${other?.digest} in the target`;
  });
}

function refuseSameStore({ from, to }: CopyOptions): void {
  for (const store of [from, to]) {
    if (store === 'memory:') throw new LedgerError('query.invalid', 'memory: is gone when the copy is done');
  }
  if (placeOf(from) === placeOf(to)) throw new LedgerError('query.invalid', `${to} is the source itself`);
}

function placeOf(store: string): string {
  return store.startsWith('sqlite:') ? resolve(store.slice('sqlite:'.length)) : store;
}
