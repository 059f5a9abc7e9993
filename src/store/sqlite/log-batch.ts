import type { Snapshot } from '../event-store.ts';
import type { EventRow } from './event-statements.ts';

/** Entries that were sorted into the order of a table, column by column. */
export type SortedSlice =
  | { readonly table: 'command_index'; readonly keys: Float64Array; readonly positions: Float64Array }
  | {
      readonly table: 'stream_index';
      readonly streams: Float64Array;
      readonly revisions: Float64Array;
      readonly positions: Float64Array;
    }
  | {
      readonly table: 'stream';
      readonly numbers: Float64Array;
      readonly revisions: Float64Array;
      readonly hashes: readonly string[];
    };

/** What is written to the file together. Nothing but numbers and texts. */
export interface LogBatch {
  /** Streams that are new, by number and name. */
  readonly streams: (readonly [number: number, name: string])[];
  readonly events: EventRow[];
  readonly slices: SortedSlice[];
  readonly snapshots: Snapshot[];
  readonly settings: (readonly [name: string, value: string | number])[];
}

/** One that has nothing to write yet. */
export function emptyBatch(): LogBatch {
  return { streams: [], events: [], slices: [], snapshots: [], settings: [] };
}
