import type { NewEvent } from '../../events/envelope.ts';
import type { EventStore, RecordPlace } from '../../store/event-store.ts';
import { ConflictError } from '../../store/event-store.ts';
import type { CopiedEvent, LogWriter } from './log-writer.ts';
import { newEvent, withoutPlace } from './log-writer.ts';
import { OrderKept } from './order-kept.ts';
import { otherLedger } from './other-ledger.ts';

/** As many events are gathered as memory lets: the more of a stream there are, the fewer appends they take. */
const EVENTS_AT_ONCE = 50_000;
const CHARACTERS_AT_ONCE = 32 * 1024 * 1024;
/** In characters, which are at most three bytes; servers before 25.1 take less than 1 MiB at once. */
const LONGEST_APPEND = 300_000;
const EVENTS_PER_APPEND = 1_000;
const APPENDS_AT_ONCE = 64;

/** Events of one stream that are appended together. */
interface Part {
  readonly stream: string;
  /** The revision before its first event. */
  readonly expected: number;
  readonly events: NewEvent[];
  /** In characters. */
  size: number;
}

/**
 * Writes to a store at the other end of a network: gathers events of many streams, and has the appends of so many streams
 * in flight while it gathers on. What is gathered is in the target as a whole before the next is begun, so that only
 * within it do streams overtake each other, and never where the order between them says something ({@link OrderKept}).
 */
export class SharedWriter implements LogWriter {
  readonly #target: EventStore;
  readonly #tell: () => void;
  readonly #order = new OrderKept();
  #parts = new Map<string, Part[]>();
  #records: RecordPlace[] = [];
  #running: Promise<void> = Promise.resolve();
  #waiting = 0;
  #count = 0;
  #size = 0;
  #failed = false;

  /** `tell` is called after each append; what it throws ends the copy. */
  constructor(target: EventStore, tell: () => void) {
    this.#target = target;
    this.#tell = tell;
  }

  get waiting(): number {
    return this.#waiting;
  }

  take(copied: CopiedEvent): Promise<void> | undefined {
    const isFull = this.#count >= EVENTS_AT_ONCE || this.#size >= CHARACTERS_AT_ONCE;
    if (isFull || this.#order.tellsOrder(copied)) return this.#begin().then(() => this.#gather(copied));
    this.#gather(copied);
    return undefined;
  }

  async separate(): Promise<void> {
    await this.#begin();
    await this.#running;
  }

  pass(): void {
    // Its place in the log is settled.
  }

  async end(): Promise<void> {
    await this.separate();
    // Also what a copy that was killed has noted is to be settled, where nothing was left to note.
    await this.#target.noteRecords?.([]);
    await this.#target.settled();
  }

  async stop(): Promise<void> {
    this.#failed = true;
    await this.#running.catch(() => undefined);
  }

  #gather(copied: CopiedEvent): void {
    const { stored, metadata } = copied;
    const { stream, revision } = stored;
    this.#order.take(copied);
    if (metadata.bodyDigest !== undefined) this.#records.push({ commandId: metadata.commandId, stream, revision });
    const size = stored.data.length + stored.metadata.length + 200;
    const parts = this.#parts.get(stream) ?? [];
    let part = parts.at(-1);
    if (part === undefined || part.events.length >= EVENTS_PER_APPEND || part.size + size > LONGEST_APPEND) {
      part = { stream, expected: revision - 1, events: [], size: 0 };
      parts.push(part);
    }
    part.events.push(this.#target.noteRecords === undefined ? newEvent(copied) : withoutPlace(stored));
    part.size += size;
    this.#parts.set(stream, parts);
    this.#size += size;
    this.#count += 1;
    this.#waiting += 1;
  }

  /** Begins to append what is gathered once what was gathered before is in the target. */
  async #begin(): Promise<void> {
    await this.#running;
    this.#running = this.#append([...this.#parts.values()], this.#records);
    // Whoever begins the next part is told of a failure.
    this.#running.catch(() => undefined);
    this.#parts = new Map();
    this.#records = [];
    this.#count = 0;
    this.#size = 0;
    this.#order.clear();
  }

  async #append(streams: readonly (readonly Part[])[], records: readonly RecordPlace[]): Promise<void> {
    // Noted first, so that an event that is there always is found by its command.
    if (records.length > 0) await this.#target.noteRecords?.(records);
    const next = streams.values();
    const workers = Array.from({ length: APPENDS_AT_ONCE }, () => this.#work(next));
    const ended = await Promise.allSettled(workers);
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }

  /** Each of several takes the next stream when it is done with one; a failure lets none begin another. */
  async #work(streams: Iterator<readonly Part[]>): Promise<void> {
    try {
      for (let next = streams.next(); !next.done; next = streams.next()) {
        for (const part of next.value) {
          if (this.#failed) return;
          await this.#appendPart(part);
          this.#waiting -= part.events.length;
          this.#tell();
        }
      }
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  async #appendPart({ stream, expected, events }: Omit<Part, 'size'>): Promise<void> {
    try {
      await this.#target.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      await this.#appendRest(stream, expected, events);
    }
  }

  /** What was on its way when an earlier copy was killed may have arrived since; then the rest is left to append. */
  async #appendRest(stream: string, expected: number, events: readonly NewEvent[]): Promise<void> {
    const head = await this.#target.head(stream);
    const there = head === undefined ? 0 : head.revision - expected;
    if (head === undefined || events[there - 1]?.hash !== head.hash) {
      throw otherLedger(stream, head?.revision ?? expected, 'another event than the source');
    }
    if (there < events.length) await this.#appendPart({ stream, expected: head.revision, events: events.slice(there) });
  }
}
