import { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Position } from '../src/events/envelope.ts';
import { LedgerError } from '../src/kernel/errors.ts';
import type { EventStoreInHalves, StreamPart, StreamShare } from '../src/store/event-store.ts';
import { projections } from './all.ts';
import { Folding, ROWS_OF_A_PART } from './folding.ts';
import { tableOf } from './generations.ts';
import type { Projection } from './projection.ts';
import type { RowDigest } from './row-digest.ts';
import { digestRows, sameRows } from './row-digest.ts';
import type { TableDefinition } from './table-definition.ts';
import { columnNames, createTable, quoted } from './table-definition.ts';

const SQLITE_CONSTRAINT = 19;

/** How many events are read at once. */
export const EVENTS_PER_PAGE = 1_000;
/** How many pages are folded before others have their turn and are told how far it has come. */
export const PAGES_PER_TURN = 20;

/** Of which streams the events are folded into a file of its own, up to where, and which new file that is. */
export interface PartApart {
  readonly projections: readonly string[];
  readonly part: StreamPart;
  readonly upTo: Position;
  readonly file: string;
}

/** The tables of a projection in the file of the read models: the new ones, and those they are to replace. */
export interface NewTables {
  readonly projection: string;
  readonly generation: number;
  readonly replaced: number;
}

/** A new projection's digest, and whether the rows it replaces are the same. */
export interface DigestedTables extends RowDigest {
  readonly projection: string;
  readonly unchanged: boolean;
}

/** Another thread that can read the same log. */
export interface FoldsBeside {
  /** The store, which this thread reads itself. */
  readonly store: EventStoreInHalves;
  /** The folder where rows may be put on their way; nothing else stands there. */
  readonly folder: string;
  /** In how many passes a log of so many events is folded. */
  passesOver(events: number): number;
  start(): BesideThread;
}

/** It is asked one thing after another. */
export interface BesideThread {
  foldPart(part: PartApart): Promise<void>;
  digest(tables: readonly NewTables[]): Promise<readonly DigestedTables[]>;
  close(): Promise<void>;
}

/** The events that whoever folds a part of the streams takes. */
export function shareOf(part: StreamPart, chosen: readonly Projection[]): StreamShare {
  return { ...part, andTypes: chosen.flatMap(({ seenByBoth = [] }) => seenByBoth) };
}

/** Folds a part of the log into a file of its own, from which {@link mergePart} takes the rows. */
export async function foldPartApart(
  store: EventStoreInHalves,
  given: PartApart,
  told?: (position: Position) => Promise<void>,
): Promise<void> {
  const database = new DatabaseSync(given.file);
  try {
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768');
    const chosen = given.projections.map(projectionOf);
    for (const table of chosen.flatMap(({ tables }) => tables)) {
      database.exec(createTable(table, quoted(table.name)));
    }
    const placeOf = (table: string) => ({ read: quoted(table), write: quoted(table), overlay: false });
    const folding = new Folding(database, chosen, placeOf, ROWS_OF_A_PART);
    const write = () => {
      database.exec('BEGIN');
      folding.flush();
      database.exec('COMMIT');
    };
    await foldPart(store, folding, { share: shareOf(given.part, chosen), upTo: given.upTo, write, told });
    write();
  } finally {
    database.close();
  }
}

/** Digests new tables in a file of read models, all of which are written, and compares them with those they replace. */
export function digestBeside(file: string, tables: readonly NewTables[]): readonly DigestedTables[] {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    return digestTables(database, tables);
  } finally {
    database.close();
  }
}

/** The same for a file that is open. */
export function digestTables(database: DatabaseSync, tables: readonly NewTables[]): readonly DigestedTables[] {
  return tables.map(({ projection: name, generation, replaced }) => {
    const projection = projectionOf(name);
    const fresh = (table: string) => tableOf(table, generation);
    const old = (table: string) => tableOf(table, replaced);
    const digest = digestRows(database, projection, fresh);
    return { projection: name, ...digest, unchanged: sameRows(database, projection, fresh, old) };
  });
}

/** Folds a part of the log; `write` is called when rows should be written, `told` after every page. */
export async function foldPart(
  store: EventStoreInHalves,
  folding: Folding,
  work: {
    readonly share: StreamShare;
    readonly upTo: Position;
    readonly write: () => void;
    readonly told?: ((position: Position) => Promise<void>) | undefined;
  },
): Promise<void> {
  const { share, upTo } = work;
  let after: Position | undefined;
  for (let pages = 1; ; pages += 1) {
    const page = await store.scanShare({ after, upTo, limit: EVENTS_PER_PAGE, share });
    for (const event of page.events) folding.fold(event);
    after = page.last ?? after;
    if (folding.isFull) {
      work.write();
      folding.makeRoom();
    }
    const done = page.events.length < EVENTS_PER_PAGE;
    if ((done || pages % PAGES_PER_TURN === 0) && after !== undefined) await work.told?.(after);
    if (done) return;
    if (pages % PAGES_PER_TURN === 0) await othersTurn();
  }
}

/**
 * Takes the rows of another part, which stands in the attached database of that name, into the table of those before it;
 * called inside a transaction. Errors: the store's own when two parts have made a row that only one of them could have.
 */
export function mergePart<Row extends object>(
  database: DatabaseSync,
  definition: TableDefinition<Row>,
  { into, from }: { readonly into: string; readonly from: string },
): void {
  const { key, merge } = definition;
  const other = `${quoted(from)}.${quoted(definition.name)}`;
  if (merge === 'inBoth') {
    const same = key.map((column) => `other.${quoted(column)} = ${into}.${quoted(column)}`).join(' AND ');
    database.exec(`DELETE FROM ${into} WHERE NOT EXISTS (SELECT 1 FROM ${other} other WHERE ${same})`);
    return;
  }
  const columns = columnNames(definition);
  const keys = key.map(quoted).join(', ');
  const conflict = merge === undefined ? '' : `ON CONFLICT(${keys}) DO UPDATE SET ${merge.assignments}`;
  database.exec(
    `INSERT INTO ${into}(${columns}) SELECT ${columns} FROM ${other} WHERE true ORDER BY ${keys} ${conflict}`,
  );
}

/** A fold that misses a row of another part says so, and a row that two parts have made breaks its table's key. */
export function isNotApart(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  // The store explains what SQLite says, and names it as the cause.
  const cause = error instanceof LedgerError ? error.cause : error;
  return cause instanceof Error && 'errcode' in cause && Number(cause.errcode) % 256 === SQLITE_CONSTRAINT;
}

function projectionOf(name: string): Projection {
  const projection = projections.find((one) => one.name === name);
  if (projection === undefined) throw new RangeError(`there is no projection ${name}`);
  return projection;
}
