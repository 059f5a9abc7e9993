import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { chainHash } from '../../events/chain.ts';
import { decodeMetadata } from '../../events/codec.ts';
import type { NewEvent, StoredEvent } from '../../events/envelope.ts';
import type { RecordPlace } from '../event-store.ts';
import { ConflictError } from '../event-store.ts';
import type { StreamNames } from './stream-names.ts';
import type { Streams } from './streams.ts';

const PLACES_PER_PAGE = 1_000;
/** In characters, which are at most three bytes; servers before 25.1 take less than 1 MiB at once. */
const LONGEST_APPEND = 300_000;
const PAGES_READ = 50;
const PAGES_REMEMBERED = 8;
/** How often notes of others may come between before that is told. */
const TRIES = 20;
/** For how many milliseconds a process relies on what it has read: whoever notes waits that long before it counts. */
const LEASE = 1_000;
/** A key and the page it is on in one number, so that many are sorted and searched quickly: 33 and 20 bits. */
const PAGES = 2 ** 20;

const pageFields = z.array(z.tuple([z.string(), z.string(), z.int()]));
type CopiedPage = z.output<typeof pageFields>;

/**
 * Where the records of commands stand that were copied from another store. A claim for each would be an append for each,
 * more than the events themselves; these are noted a thousand at a time, before their events are appended. A place
 * counts when the record is there, so one that was noted for a copy that was interrupted does no harm.
 */
export class CopiedCommands {
  readonly #streams: Pick<Streams, 'append' | 'read'>;
  readonly #names: StreamNames;
  readonly #lease: number;
  /** Sorted. */
  #keys = new Float64Array(0);
  #pagesRead = 0;
  readonly #pages = new Map<number, CopiedPage>();
  #reading: Promise<void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #notedAt = Number.NEGATIVE_INFINITY;

  constructor(streams: Pick<Streams, 'append' | 'read'>, names: StreamNames, lease: number = LEASE) {
    this.#streams = streams;
    this.#names = names;
    this.#lease = lease;
  }

  /** The event that records a command, where it was copied. */
  async record(commandId: string): Promise<StoredEvent | undefined> {
    await this.refresh();
    for (const page of this.#pagesWith(commandId)) {
      for (const [id, stream, revision] of await this.#page(page)) {
        if (id !== commandId) continue;
        const [event] = await this.#streams.read(this.#names.ofStream(stream), stream, revision, 1);
        if (event === undefined) continue;
        const metadata = decodeMetadata(event);
        if (metadata.commandId === commandId && metadata.bodyDigest !== undefined) return event;
      }
    }
    return undefined;
  }

  /**
   * Notes places, in their order, behind those noted before. What an earlier copy had on its way when it was killed may
   * come between.
   */
  async note(places: readonly RecordPlace[]): Promise<void> {
    let left = [...pagesOf(places)];
    for (let tried = 1; ; tried += 1) {
      await this.#readOn();
      try {
        for (let first = this.#pagesRead; left.length > 0; ) {
          const appended = await this.#append(first, left);
          first += appended;
          left = left.slice(appended);
        }
        break;
      } catch (error) {
        if (!(error instanceof ConflictError) || tried === TRIES) throw error;
      }
    }
    // Also what an earlier copy has noted counts a while after this one has met it.
    if (places.length > 0 || this.#pagesRead > 0) this.#notedAt = performance.now();
  }

  /** Resolves when every process knows what this one has noted. */
  async settled(): Promise<void> {
    // A timer may ring a moment early, and a moment is enough for a process to rely on what it has read before.
    for (;;) {
      const left = this.#notedAt + this.#lease - performance.now();
      if (left <= 0) return;
      await wait(Math.ceil(left));
    }
  }

  /**
   * Sees to it that what was noted a second ago is known; answers something to wait for where it is not. While that is
   * asked again and again, what is new is read before anybody has to wait for it.
   */
  refresh(): Promise<void> | undefined {
    const age = performance.now() - this.#readAt;
    if (age >= this.#lease) return this.#readSince(performance.now() - this.#lease);
    // Who comes when this has failed and the time is over is told.
    if (age >= this.#lease / 2) this.#readOn().catch(() => undefined);
    return undefined;
  }

  /** Whether a command may be among those that were copied, as far as that is known. */
  mayHave(commandId: string): boolean {
    for (const _ of this.#pagesWith(commandId)) return true;
    return false;
  }

  /** A read that is on its way may have begun too early to count. */
  async #readSince(moment: number): Promise<void> {
    while (this.#readAt < moment) await this.#readOn();
  }

  #readOn(): Promise<void> {
    this.#reading ??= this.#readNewPages().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Appends as many of these pages as are taken at once, the first of them at a revision, and answers how many. */
  async #append(first: number, pages: readonly string[]): Promise<number> {
    const name = this.#names.ofCopied;
    const events: NewEvent[] = [];
    let size = 0;
    for (const data of pages) {
      size += data.length;
      if (events.length > 0 && size > LONGEST_APPEND) break;
      const event = { id: randomUUID(), type: 'CommandsCopied', metadata: '{}', data };
      events.push({ ...event, hash: chainHash('', name, first + events.length, event) });
    }
    await this.#streams.append(name, name, first - 1, events);
    return events.length;
  }

  async #readNewPages(): Promise<void> {
    const began = performance.now();
    const name = this.#names.ofCopied;
    const added: number[] = [];
    // A read that fails leaves everything as it was: what it has met before would never be read again.
    let pagesRead = this.#pagesRead;
    for (let read = PAGES_READ; read === PAGES_READ; ) {
      const events = await this.#streams.read(name, name, pagesRead, PAGES_READ);
      for (const { data, revision } of events) {
        for (const [commandId] of pageOf(data)) added.push(keyOf(commandId) * PAGES + revision);
      }
      read = events.length;
      pagesRead += read;
    }
    if (added.length > 0) {
      const keys = new Float64Array(this.#keys.length + added.length);
      keys.set(this.#keys);
      keys.set(added, this.#keys.length);
      this.#keys = keys.sort();
    }
    this.#pagesRead = pagesRead;
    this.#readAt = began;
  }

  *#pagesWith(commandId: string): Iterable<number> {
    const first = keyOf(commandId) * PAGES;
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? 0) < first) low = middle + 1;
      else high = middle;
    }
    for (let index = low; (this.#keys[index] ?? Number.POSITIVE_INFINITY) < first + PAGES; index += 1) {
      yield (this.#keys[index] ?? 0) - first;
    }
  }

  /** A file of commands that is sent again asks for one page a thousand times. */
  async #page(revision: number): Promise<CopiedPage> {
    const known = this.#pages.get(revision);
    if (known !== undefined) return known;
    const name = this.#names.ofCopied;
    const [event] = await this.#streams.read(name, name, revision, 1);
    const page = event === undefined ? [] : pageOf(event.data);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= PAGES_REMEMBERED && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(revision, page);
    return page;
  }
}

function* pagesOf(places: readonly RecordPlace[]): Iterable<string> {
  for (let from = 0; from < places.length; from += PLACES_PER_PAGE) {
    const page = places.slice(from, from + PLACES_PER_PAGE);
    yield JSON.stringify(page.map(({ commandId, stream, revision }) => [commandId, stream, revision]));
  }
}

function pageOf(data: string): CopiedPage {
  return pageFields.parse(JSON.parse(data));
}

/** 33 bits: among ten million commands one in a thousand look-ups reads a page for nothing. */
function keyOf(commandId: string): number {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let index = 0; index < commandId.length; index += 1) {
    const unit = commandId.charCodeAt(index);
    high = Math.imul(high ^ unit, 16777619);
    low = Math.imul(low ^ unit, 2246822507);
  }
  high = Math.imul(high ^ (high >>> 15), 2246822507);
  low = Math.imul(low ^ (low >>> 13), 3266489909);
  return (low & 1) * 2 ** 32 + ((high ^ low) >>> 0);
}
