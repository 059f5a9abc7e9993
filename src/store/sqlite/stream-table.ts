import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LedgerError } from '../../kernel/errors.ts';
import type { StreamHead } from '../event-store.ts';

interface Known {
  readonly stream: string;
  readonly number: number;
  revision: number;
  hash: string;
}

/** How many streams are remembered by name; the rest is looked up again. */
const REMEMBERED = 200_000;
/** How many names are read at once for whoever reads the log, where streams come in the order of their numbers. */
const NAMES_PER_PAGE = 512;

/** The names, numbers and heads of streams, with those lately used in memory. */
export class StreamTable {
  readonly #database: DatabaseSync;
  readonly #alone: boolean;
  readonly #known = new Map<string, Known>();
  /** By number, in pages: a rebuild's look-ups are those of an array, and who reads a part of the streams has no gaps. */
  readonly #names: (string | undefined)[][] = [];
  readonly #changed = new Set<Known>();
  readonly #byName: StatementSync;
  readonly #byNumber: StatementSync;
  readonly #pageOfNames: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  #lastNumber: number;
  /** An append asks for the same stream several times in a row. */
  #latest: Known | undefined;

  /** `alone`: nobody else writes, so that what is remembered of heads stays true. */
  constructor(database: DatabaseSync, { alone }: { readonly alone: boolean }) {
    this.#database = database;
    this.#alone = alone;
    this.#byName = database.prepare('SELECT number, revision, hash FROM stream WHERE name = ?');
    this.#byName.setReturnArrays(true);
    this.#byNumber = database.prepare('SELECT name FROM stream WHERE number = ?');
    this.#pageOfNames = database.prepare('SELECT number, name FROM stream WHERE number >= ? AND number < ?');
    this.#pageOfNames.setReturnArrays(true);
    this.#insert = database.prepare("INSERT INTO stream(number, name, revision, hash) VALUES (?, ?, -1, '')");
    this.#update = database.prepare('UPDATE stream SET revision = ?, hash = ? WHERE number = ?');
    this.#lastNumber = this.#readLastNumber();
  }

  headOf(stream: string): StreamHead | undefined {
    return this.#find(stream);
  }

  numberOf(stream: string): number | undefined {
    return this.#find(stream)?.number;
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

  /** The highest number of a stream so far. */
  get lastNumber(): number {
    return this.#readLastNumber();
  }

  #keepName(number: number, name: string): void {
    let page = this.#names[pageOf(number)];
    if (page === undefined) {
      page = new Array<string | undefined>(NAMES_PER_PAGE).fill(undefined);
      this.#names[pageOf(number)] = page;
    }
    page[number % NAMES_PER_PAGE] = name;
  }

  /** Called inside a transaction. */
  create(stream: string): number {
    this.#lastNumber += 1;
    this.#insert.run(this.#lastNumber, stream);
    this.#remember({ stream, number: this.#lastNumber, revision: -1, hash: '' });
    return this.#lastNumber;
  }

  /** Called inside a transaction; the row itself is written once, before the commit. */
  setHead(stream: string, revision: number, hash: string): void {
    const known = this.#find(stream);
    if (known === undefined) throw new RangeError(`stream ${stream} has not been created`);
    known.revision = revision;
    known.hash = hash;
    this.#changed.add(known);
  }

  writeHeads(): void {
    for (const { revision, hash, number } of this.#changed) this.#update.run(revision, hash, number);
    this.#changed.clear();
    if (this.#known.size > REMEMBERED) this.#forgetStreams();
  }

  /** After a lost transaction nothing in memory can be relied on. */
  forget(): void {
    this.#forgetStreams();
    this.#names.length = 0;
    this.#changed.clear();
    this.#lastNumber = this.#readLastNumber();
  }

  #forgetStreams(): void {
    this.#known.clear();
    this.#latest = undefined;
  }

  *heads(): Iterable<StreamHead> {
    const rows = this.#database.prepare('SELECT name AS stream, revision, hash FROM stream').iterate();
    for (const row of rows) {
      const { stream, revision, hash } = row as unknown as StreamHead;
      // A head that has moved on in the open transaction is written only before its commit.
      const known = this.#known.get(stream);
      yield { stream, revision: known?.revision ?? revision, hash: known?.hash ?? hash };
    }
  }

  #find(stream: string): Known | undefined {
    if (this.#latest?.stream === stream) return this.#latest;
    const known = this.#known.get(stream);
    if (known !== undefined) {
      this.#latest = known;
      return known;
    }
    const row = this.#byName.get(stream) as unknown as [number, number, string] | undefined;
    if (row === undefined) return undefined;
    return this.#remember({ stream, number: row[0], revision: row[1], hash: row[2] });
  }

  #remember(known: Known): Known {
    if (this.#alone) this.#known.set(known.stream, known);
    return known;
  }

  #readLastNumber(): number {
    return Number(this.#database.prepare('SELECT max(number) AS last FROM stream').get()?.last ?? 0);
  }
}

function pageOf(number: number): number {
  return Math.floor(number / NAMES_PER_PAGE);
}
