import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LedgerError } from '../../kernel/errors.ts';
import type { StreamHead } from '../event-store.ts';
import type { Head } from './late-heads.ts';
import { LateHeads } from './late-heads.ts';
import { REMEMBERED } from './limits.ts';
import type { LogBatch } from './log-batch.ts';

/** How many names are read at once for whoever reads the log, where streams come in the order of their numbers. */
const NAMES_PER_PAGE = 512;

/** The names, numbers and heads of streams, with those lately used in memory. */
export class StreamTable {
  /** The heads the file does not have yet. */
  readonly late = new LateHeads();
  readonly #database: DatabaseSync;
  readonly #alone: boolean;
  readonly #known = new Map<string, Head>();
  /** Streams whose rows are not in the file yet. */
  readonly #created = new Map<string, Head>();
  /** By number, in pages: a rebuild's look-ups are those of an array, and who reads a part of the streams has no gaps. */
  readonly #names: (string | undefined)[][] = [];
  readonly #byName: StatementSync;
  readonly #byNumber: StatementSync;
  readonly #pageOfNames: StatementSync;
  #lastNumber: number;
  /** An append asks for the same stream several times in a row. */
  #latest: { readonly stream: string; readonly head: Head } | undefined;

  /** `alone`: nobody else writes, so that what is remembered of heads stays true. */
  constructor(database: DatabaseSync, { alone }: { readonly alone: boolean }) {
    this.#database = database;
    this.#alone = alone;
    this.#byName = database.prepare('SELECT number, revision, hash FROM stream WHERE name = ?');
    this.#byName.setReturnArrays(true);
    this.#byNumber = database.prepare('SELECT name FROM stream WHERE number = ?');
    this.#pageOfNames = database.prepare('SELECT number, name FROM stream WHERE number >= ? AND number < ?');
    this.#pageOfNames.setReturnArrays(true);
    this.#lastNumber = this.#readLastNumber();
  }

  /** The stream's number and its last event; a stream without events is none. */
  headOf(stream: string): Head | undefined {
    if (this.#latest?.stream === stream) return this.#latest.head;
    const head = this.#known.get(stream) ?? this.#created.get(stream) ?? this.#look(stream);
    if (head !== undefined && this.#alone) this.#latest = { stream, head };
    return head;
  }

  numberOf(stream: string): number | undefined {
    return this.headOf(stream)?.number;
  }

  nameOf(number: number): string {
    const known = this.#names[pageOf(number)]?.[number % NAMES_PER_PAGE];
    if (known !== undefined) return known;
    const row = this.#byNumber.get(number);
    if (row === undefined)
      throw new LedgerError('store.corrupt', `events belong to stream number ${number}, and there is no such stream`);
    const name = String(row.name);
    this.#keepName(number, name);
    return name;
  }

  /** The same while the log is read from one end to the other. */
  nameInLog(number: number): string {
    const known = this.#names[pageOf(number)]?.[number % NAMES_PER_PAGE];
    if (known !== undefined) return known;
    const first = pageOf(number) * NAMES_PER_PAGE;
    const page = this.#pageOfNames.all(first, first + NAMES_PER_PAGE) as unknown as [number, string][];
    for (const [next, name] of page) this.#keepName(next, name);
    return this.nameOf(number);
  }

  /** The highest number of a stream that is in the file. */
  get lastNumber(): number {
    return this.#readLastNumber();
  }

  /** Gives a new stream its number; its row is for the caller to write. */
  create(stream: string): Head {
    this.#lastNumber += 1;
    const head = { number: this.#lastNumber, revision: -1, hash: '', position: 0, isLate: false };
    this.#created.set(stream, head);
    return this.#remember(stream, head);
  }

  /** The batch is durable, and with it the rows of its streams. */
  keep(batch: LogBatch): void {
    for (const [, stream] of batch.streams) this.#created.delete(stream);
    this.late.keep(batch);
  }

  /** Takes in an event that was read from the log's end. */
  seen(number: number, event: Pick<Head, 'revision' | 'hash' | 'position'>): void {
    const head = this.late.of(number) ?? { number, revision: -1, hash: '', position: 0, isLate: false };
    this.late.moveOn(head, event);
  }

  *heads(): Iterable<StreamHead> {
    const rows = this.#database.prepare('SELECT number, name, revision, hash FROM stream').iterate();
    for (const row of rows) {
      const { number, name, revision, hash } = row as { number: number; name: string; revision: number; hash: string };
      const late = this.late.of(number);
      if (late !== undefined && late.revision > revision) {
        yield { stream: name, revision: late.revision, hash: late.hash };
      } else if (revision >= 0) {
        yield { stream: name, revision, hash };
      }
    }
  }

  #keepName(number: number, name: string): void {
    let page = this.#names[pageOf(number)];
    if (page === undefined) {
      page = new Array<string | undefined>(NAMES_PER_PAGE).fill(undefined);
      this.#names[pageOf(number)] = page;
    }
    page[number % NAMES_PER_PAGE] = name;
  }

  #look(stream: string): Head | undefined {
    const row = this.#byName.get(stream) as unknown as [number, number, string] | undefined;
    if (row === undefined) return undefined;
    const [number, revision, hash] = row;
    const late = this.late.of(number);
    if (late !== undefined && late.revision >= revision) return this.#remember(stream, late);
    // The row of a new stream is written with its first event, and its head later.
    if (revision < 0) return undefined;
    return this.#remember(stream, { number, revision, hash, position: 0, isLate: false });
  }

  #remember(stream: string, head: Head): Head {
    if (!this.#alone) return head;
    if (this.#known.size > REMEMBERED) this.#known.clear();
    this.#known.set(stream, head);
    return head;
  }

  #readLastNumber(): number {
    return Number(this.#database.prepare('SELECT max(number) AS last FROM stream').get()?.last ?? 0);
  }
}

function pageOf(number: number): number {
  return Math.floor(number / NAMES_PER_PAGE);
}
