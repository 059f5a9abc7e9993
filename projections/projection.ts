import type { LedgerEvent } from '../src/events/catalogue.ts';
import type { Table, TableDefinition } from './table.ts';

/** Where a projected event comes from. */
export interface Origin {
  readonly stream: string;
  readonly revision: number;
}

/** The tables a projection may read and write while it folds. */
export interface Tables {
  table<Row extends object>(definition: TableDefinition<Row>): Table<Row>;
}

/** A fold of the log into tables. It sees every event once, in the order of the log, and decides nothing. */
export interface Projection {
  readonly name: string;
  /** Raised when the tables or the fold change: then they are built anew. */
  readonly version: number;
  readonly tables: readonly TableDefinition<never>[];
  /** Takes the tables once and answers the function that folds one event. */
  folding(tables: Tables): (event: LedgerEvent, origin: Origin) => void;
}

/** The id that a stream's name ends with. */
export function idOf(stream: string, category: string): string {
  return stream.slice(category.length + 1);
}
