import type { LedgerEvent } from '../../events/catalogue.ts';
import { decodeEvent, decodeMetadata } from '../../events/codec.ts';
import type { Position, StoredEvent } from '../../events/envelope.ts';
import type { EventStore } from '../../store/event-store.ts';
import type { StreamHeads } from '../stream-heads.ts';
import { CheckedLog, pagesUpTo } from './checked-log.ts';
import { EmbeddedWriter } from './embedded-writer.ts';
import type { LogWriter } from './log-writer.ts';
import { refuseOtherLedger } from './other-ledger.ts';
import { SharedWriter } from './shared-writer.ts';

/** How a log is copied. */
export interface LogCopyOptions {
  readonly source: EventStore;
  readonly target: EventStore;
  /** The last event that is copied; none in an empty log. */
  readonly upTo: Position | undefined;
  /** Is shown every event of the source up to there, whether it was in the target or not. */
  readonly observe: (event: LedgerEvent, stored: StoredEvent) => void;
  /** Told how many events of the source are done; what it throws ends the copy, which can be gone on with. */
  readonly told?: ((phase: 'check' | 'copy', done: number) => void) | undefined;
  /** Ends the copy with its reason when what is on its way is done. */
  readonly signal?: AbortSignal | undefined;
}

/** What a copy has come to. */
export interface CopiedLog {
  /** The heads of the source's streams, their chains calculated anew. */
  readonly heads: StreamHeads;
  readonly events: number;
  readonly commands: number;
  /** How many events were not in the target before. */
  readonly appended: number;
}

/**
 * Copies a log, event by event as it is, into a store that is empty or holds a beginning of each of its streams. Run
 * again after an interruption it goes on. Errors: `copy.other_ledger` for a target with other events, `store.corrupt`
 * where the source's log is broken.
 */
export async function copyLog(options: LogCopyOptions): Promise<CopiedLog> {
  const { source, target, upTo, told, signal, observe } = options;
  const present = await refuseOtherLedger(options, (done) => {
    signal?.throwIfAborted();
    told?.('check', done);
  });
  const log = new CheckedLog();
  const tell = () => {
    signal?.throwIfAborted();
    told?.('copy', log.events - writer.waiting);
  };
  const writer: LogWriter = target.shared ? new SharedWriter(target, tell) : new EmbeddedWriter(target);
  const count = { commands: 0, appended: 0 };
  try {
    for await (const page of upTo === undefined ? [] : pagesUpTo(source, upTo)) {
      for (const stored of page) {
        log.take(stored);
        const copied = { stored, event: decodeEvent(stored), metadata: decodeMetadata(stored) };
        observe(copied.event, stored);
        if (copied.metadata.bodyDigest !== undefined) count.commands += 1;
        if (stored.revision <= present.revisionOf(stored.stream)) {
          writer.pass(copied);
          continue;
        }
        count.appended += 1;
        // Whoever opens a ledger takes the time of its last event for the latest, so that has to stay the last.
        if (stored.position === upTo) await writer.separate();
        const waiting = writer.take(copied);
        if (waiting !== undefined) await waiting;
      }
      tell();
    }
    await writer.end();
  } finally {
    await writer.stop();
  }
  return { heads: log.heads, events: log.events, ...count };
}
