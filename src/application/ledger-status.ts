import { statSync } from 'node:fs';
import { decodeMetadata } from '../events/codec.ts';
import type { Position } from '../events/envelope.ts';
import type { Instant } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';

/** Where a ledger stands: its log, its read models, what is unfinished. */
export interface LedgerStatus {
  readonly events: number;
  readonly streams: number;
  /** The position of the last event; opaque. */
  readonly position: Position | null;
  /** When the last event was recorded. */
  readonly lastRecordedAt: Instant | null;
  readonly readModels: {
    /** The position up to which they are folded. */
    readonly position: Position | null;
    /** How many events come after it. */
    readonly eventsBehind: number;
  };
  /** Commands over several streams that have begun and not been completed. */
  readonly openIntents: readonly { readonly commandId: string; readonly command: string }[];
  /** The files that are there, with their sizes in bytes. */
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
}

/** What the status is asked of; the read models stand as the ledger found them when it was opened. */
export interface StatusSources {
  readonly store: EventStore;
  readonly readModelsAt: Position | undefined;
  readonly openIntents: LedgerStatus['openIntents'];
  /** The files of the ledger and of its read models; those of a ledger in memory are not there. */
  readonly files: readonly string[];
  /** Of a shared store: how much is folded now, and how many events were when the ledger was opened. */
  readonly folded?: { readonly events: number; readonly streams: number; readonly before: number } | undefined;
}

/** What SQLite keeps beside a file: its log of writes, the index of that, and the lock of the one who writes. */
const BESIDE = ['', '-wal', '-shm', '-writer'];

/** Looks without folding or writing anything. */
export async function ledgerStatus(sources: StatusSources): Promise<LedgerStatus> {
  const { store, readModelsAt, openIntents, files } = sources;
  const last = await store.last();
  const { events, streams, eventsBehind } = await countedIn(sources);
  return {
    events,
    streams,
    position: last?.position ?? null,
    lastRecordedAt: last === undefined ? null : decodeMetadata(last).recordedAt,
    readModels: { position: readModelsAt ?? null, eventsBehind },
    openIntents,
    files: [...new Set(files)].flatMap((file) => BESIDE.flatMap((suffix) => sizeOf(`${file}${suffix}`))),
  };
}

/** A server would have to read its whole log to count it, so its events are counted where they are folded. */
async function countedIn({ store, readModelsAt, folded }: StatusSources) {
  if (folded !== undefined) {
    const { events, streams, before } = folded;
    return { events, streams, eventsBehind: events - before };
  }
  let streams = 0;
  for await (const _ of store.heads()) streams += 1;
  return { events: await store.countAfter(), streams, eventsBehind: await store.countAfter(readModelsAt) };
}

function sizeOf(file: string): LedgerStatus['files'] {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? [] : [{ file, bytes: stats.size }];
}
