import type { DatabaseSync } from 'node:sqlite';
import type { EventType, LedgerEvent } from '../src/events/catalogue.ts';
import { catalogue } from '../src/events/catalogue.ts';
import { decodeEvent, entryOf } from '../src/events/codec.ts';
import type { ScannedEvent } from '../src/store/event-store.ts';
import { HeldRows, StreamAtHand } from './held-rows.ts';
import type { Folds, Origin, Projection } from './projection.ts';
import type { Place } from './table.ts';
import { SMALL, Table } from './table.ts';
import type { TableDefinition } from './table-definition.ts';

type Fold = (event: LedgerEvent, origin: Origin) => void;

/** How many rows all tables together may hold in memory before they are written and let go. */
const ROWS_AT_MOST = 800_000;
/** The same for a part of the log, of which two are folded side by side: about 800 bytes a row. */
export const ROWS_OF_A_PART = 250_000;
/** What part of them may stay when room is made. */
const ROOM = 0.8;

/** Some projections on their way through the log: the rows they have changed are in memory until they are flushed. */
export class Folding {
  readonly #tables = new Map<string, Table<object>>();
  /** By the first column of the keys. */
  readonly #rows = new Map<string, HeldRows>();
  readonly #atHand = new StreamAtHand();
  readonly #folds = new Map<string, readonly Fold[]>();

  readonly #rowsAtMost: number;

  /** `placeOf` tells where the table of a definition is read and written. */
  constructor(
    database: DatabaseSync,
    projections: readonly Projection[],
    placeOf: (table: string) => Place,
    rowsAtMost = ROWS_AT_MOST,
  ) {
    this.#rowsAtMost = rowsAtMost;
    const tables = {
      table: <Row extends object>(definition: TableDefinition<Row>): Table<Row> => {
        const shared = this.#tables.get(definition.name);
        if (shared !== undefined) return shared as never;
        const table = new Table(database, definition, placeOf(definition.name), this.#rowsBy(definition.key[0] ?? ''));
        this.#tables.set(definition.name, table as never);
        return table;
      },
    };
    const all = projections.map((projection) => projection.folding(tables));
    for (const type of catalogue.keys()) this.#folds.set(type, foldsOf(type as EventType, all));
  }

  /** Folds an event. One that no projection is about is not even read; one of an unknown type is an error. */
  fold(event: ScannedEvent): void {
    const folds = this.#folds.get(event.type);
    if (folds === undefined) entryOf(event.type);
    else if (folds.length > 0) this.#foldWith(folds, decodeEvent(event), event);
  }

  /** The same for an event that has been decoded already. */
  foldDecoded(event: LedgerEvent, origin: Origin): void {
    this.#foldWith(this.#folds.get(event.type) ?? [], event, origin);
  }

  /** The table of a definition, as far as it has been folded. */
  table<Row extends object>({ name }: TableDefinition<Row>): Table<Row> {
    const table = this.#tables.get(name);
    if (table === undefined) throw new RangeError(`no projection here folds into ${name}`);
    return table as never;
  }

  /** Whether so many rows are held in memory that they should be written. */
  get isFull(): boolean {
    return this.#held > this.#rowsAtMost;
  }

  /** Writes what has changed; called inside a transaction. */
  flush(): void {
    for (const table of this.#tables.values()) table.flush();
  }

  /**
   * Lets go of rows that are written, until there is room again: first of those that have not been used since the last
   * time, since an event seldom comes to a row that long ago were left alone.
   */
  makeRoom(): void {
    for (const table of this.#tables.values()) table.beforeRelease();
    for (const rows of this.#rows.values()) rows.releaseUnused(SMALL);
    if (this.#held > this.#rowsAtMost * ROOM) this.release();
  }

  /** Lets go of all rows in memory: they are written, or what was folded has to be forgotten. */
  release(): void {
    for (const rows of this.#rows.values()) rows.clear();
    for (const table of this.#tables.values()) table.release();
  }

  get #held(): number {
    let held = 0;
    for (const table of this.#tables.values()) held += table.held;
    return held;
  }

  #rowsBy(column: string): HeldRows {
    const rows = this.#rows.get(column) ?? new HeldRows(this.#atHand);
    this.#rows.set(column, rows);
    return rows;
  }

  #foldWith(folds: readonly Fold[], event: LedgerEvent, origin: Origin): void {
    this.#atHand.number = origin.streamNumber;
    for (const fold of folds) fold(event, origin);
  }
}

function foldsOf(type: EventType, all: readonly Folds[]): readonly Fold[] {
  // The catalogue gives an event the type under which its fold stands, so the fold takes this event.
  return all.flatMap((folds) => (folds[type] === undefined ? [] : [folds[type] as Fold]));
}
