import type { AllStreamRecordedEvent, ReadPosition } from '@eventstore/db-client';
import { BACKWARDS, END } from '@eventstore/db-client';
import { LogReader } from './log-reader.ts';
import type { ServerPosition } from './positions.ts';
import { comesAfter } from './positions.ts';
import type { ServerLog } from './server-log.ts';

const [FIRST_LOOK, READ_AT_ONCE] = [20, 1_000];
/** After so many reads backwards without an event of the ledger it is looked for from the other side as well. */
const READS_ALONE = 4;
const SCANNED_AT_ONCE = 4_000;

/** Up to a place of the server's log, the newest event of the ledger; none where it has none there. */
interface Looked {
  readonly newest: AllStreamRecordedEvent | undefined;
  readonly upTo: ServerPosition | undefined;
}

/**
 * The last event of a ledger among all of a server. What was looked through once is not looked through again. A ledger
 * that is written has its last event near the end; one that is new, or rests among others that are written, has it far
 * away, and then a scan from where it was looked last is there first. One read and one scanned batch in turn take at most
 * twice the shorter way.
 */
export class LastEvent {
  readonly #log: ServerLog;
  #looked: Looked = { newest: undefined, upTo: undefined };

  constructor(log: ServerLog) {
    this.#log = log;
  }

  async find(): Promise<AllStreamRecordedEvent | undefined> {
    const known = this.#looked;
    const backwards = new Backwards(this.#log, known);
    for (let reads = 0; reads < READS_ALONE; reads += 1) {
      const found = await backwards.next();
      if (found !== undefined) return this.#remember(found);
    }
    const reader = new LogReader(this.#log, known.upTo);
    try {
      for (let newest = known.newest; ; ) {
        const { events, isEnd } = await reader.next(SCANNED_AT_ONCE);
        newest = events.at(-1) ?? newest;
        const found = isEnd ? { newest, upTo: reader.place } : await backwards.next();
        if (found !== undefined) return this.#remember(found);
      }
    } finally {
      reader.end();
    }
  }

  /** Somebody else may have looked further meanwhile. */
  #remember(found: Looked): AllStreamRecordedEvent | undefined {
    const { upTo } = this.#looked;
    if (found.upTo !== undefined && (upTo === undefined || comesAfter(found.upTo, upTo))) this.#looked = found;
    return found.newest;
  }
}

/** Looks for the last event from the end of the log, down to where it is known. */
class Backwards {
  readonly #log: ServerLog;
  readonly #known: Looked;
  #from: ReadPosition = END;
  #upTo: ServerPosition | undefined;
  #maxCount = FIRST_LOOK;

  constructor(log: ServerLog, known: Looked) {
    this.#log = log;
    this.#known = known;
  }

  /** Looks at what stands before; none when it is not settled by that. */
  async next(): Promise<Looked | undefined> {
    const maxCount = this.#maxCount;
    const read = await this.#log.read({ fromPosition: this.#from, maxCount, direction: BACKWARDS });
    this.#upTo ??= read[0]?.position;
    for (const event of read) {
      if (this.#log.streamOf(event) !== undefined) return { newest: event, upTo: this.#upTo };
      const { newest, upTo } = this.#known;
      if (upTo !== undefined && !comesAfter(event.position, upTo)) return { newest, upTo: this.#upTo };
    }
    const oldest = read.at(-1);
    if (oldest === undefined || read.length < maxCount) return { newest: undefined, upTo: this.#upTo };
    this.#from = oldest.position;
    this.#maxCount = READ_AT_ONCE;
    return undefined;
  }
}
