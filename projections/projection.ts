import type { EventType, LedgerEvent } from '../src/events/catalogue.ts';
import type { Table } from './table.ts';
import type { TableDefinition } from './table-definition.ts';

/** Where a projected event comes from. */
export interface Origin {
  readonly stream: string;
  readonly streamNumber?: number;
  readonly revision: number;
}

/** The tables a projection may read and write while it folds. */
export interface Tables {
  table<Row extends object>(definition: TableDefinition<Row>): Table<Row>;
}

/** What a projection does with the events it is about; all others pass it by. */
export type Folds = {
  readonly [Type in EventType]?: (event: Extract<LedgerEvent, { type: Type }>, origin: Origin) => void;
};

/** A fold of the log into tables. It sees its events once, in the order of the log, and decides nothing. */
export interface Projection {
  readonly name: string;
  /** Raised when the tables or the fold change: then they are built anew. */
  readonly version: number;
  readonly tables: readonly TableDefinition<never>[];
  /**
   * A large log is folded in two halves side by side, the streams of each half apart. The events of these types change
   * rows that events of other streams change too, and not only add to them; so each half takes them all.
   */
  readonly seenByBoth?: readonly EventType[];
  /** Takes the tables once and answers the functions that fold its events. */
  folding(tables: Tables): Folds;
}

/** The id that a stream's name ends with. */
export function idOf(stream: string, category: string): string {
  return stream.slice(category.length + 1);
}
