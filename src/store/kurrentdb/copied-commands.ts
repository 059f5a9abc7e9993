import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { chainHash } from '../../events/chain.ts';
import { decodeMetadata } from '../../events/codec.ts';
import type { NewEvent, StoredEvent } from '../../events/envelope.ts';
import type { RecordPlace } from '../event-store.ts';
import type { StreamNames } from './stream-names.ts';
import type { Streams } from './streams.ts';

const PLACES_PER_PAGE = 1_000;
/** In characters, which are at most three bytes; servers before 25.1 take less than 1 MiB at once. */
const LONGEST_APPEND = 300_000;
const PAGES_READ = 50;
const PAGES_REMEMBERED = 8;
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
  readonly #streams: Streams;
  readonly #names: StreamNames;
  /** Sorted. */
  #keys = new Float64Array(0);
  #pagesRead = 0;
  readonly #pages = new Map<number, CopiedPage>();
  #reading: Promise<void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #notedAt = Number.NEGATIVE_INFINITY;

  constructor(streams: Streams, names: StreamNames) {
    this.#streams = streams;
    this.#names = names;
  }

  /** The event that records a command, where it was copied. */
  async record(commandId: string): Promise<StoredEvent | undefined> {
    await this.#refresh();
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

  /** Notes places, in their order, behind those noted before. */
  async note(places: readonly RecordPlace[]): Promise<void> {
    await this.#readOn();
    const name = this.#names.ofCopied;
    const pages: NewEvent[] = [];
    for (let from = 0; from < places.length; from += PLACES_PER_PAGE) {
      const page = places.slice(from, from + PLACES_PER_PAGE);
      const data = JSON.stringify(page.map(({ commandId, stream, revision }) => [commandId, stream, revision]));
      const event = { id: randomUUID(), type: 'CommandsCopied', metadata: '{}', data };
      pages.push({ ...event, hash: chainHash('', name, this.#pagesRead + pages.length, event) });
    }
    let expected = this.#pagesRead - 1;
    for (const append of appendsOf(pages)) {
      await this.#streams.append(name, name, expected, append);
      expected += append.length;
    }
    this.#notedAt = performance.now();
  }

  /** Resolves when every process knows what this one has noted. */
  async settled(): Promise<void> {
    const left = this.#notedAt + LEASE - performance.now();
    if (left > 0) await wait(Math.ceil(left));
  }

  async #refresh(): Promise<void> {
    if (performance.now() - this.#readAt < LEASE) return;
    await this.#readOn();
  }

  #readOn(): Promise<void> {
    this.#reading ??= this.#readNewPages().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNewPages(): Promise<void> {
    const began = performance.now();
    const name = this.#names.ofCopied;
    const added: number[] = [];
    for (let read = PAGES_READ; read === PAGES_READ; ) {
      const events = await this.#streams.read(name, name, this.#pagesRead, PAGES_READ);
      for (const { data, revision } of events) {
        for (const [commandId] of pageOf(data)) added.push(keyOf(commandId) * PAGES + revision);
      }
      read = events.length;
      this.#pagesRead += read;
    }
    if (added.length > 0) {
      const keys = new Float64Array(this.#keys.length + added.length);
      keys.set(this.#keys);
      keys.set(added, this.#keys.length);
      this.#keys = keys.sort();
    }
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

function* appendsOf(pages: readonly NewEvent[]): Iterable<readonly NewEvent[]> {
  let append: NewEvent[] = [];
  let size = 0;
  for (const page of pages) {
    if (append.length > 0 && size + page.data.length > LONGEST_APPEND) {
      yield append;
      append = [];
      size = 0;
    }
    append.push(page);
    size += page.data.length;
  }
  if (append.length > 0) yield append;
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
