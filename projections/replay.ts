import { DatabaseSync } from 'node:sqlite';
import type { LedgerEvent } from '../src/events/catalogue.ts';
import { projections } from './all.ts';
import { Folding } from './folding.ts';
import type { Origin } from './projection.ts';
import type { RowDigest } from './row-digest.ts';
import { digestRows } from './row-digest.ts';
import { createTable, quoted } from './table-definition.ts';

/** A projection by name, and the digest of its rows: that which a rebuild would tell. */
export interface ReplayedProjection extends RowDigest {
  readonly projection: string;
}

/** A look at how many rows are held costs more than an event. */
const EVENTS_PER_LOOK = 1_000;

/** All projections of a log in a temporary file, for the sake of their digests. */
export class Replay {
  readonly #database = new DatabaseSync('');
  readonly #folding: Folding;
  #folded = 0;

  constructor() {
    this.#database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768');
    for (const table of projections.flatMap(({ tables }) => tables)) {
      this.#database.exec(createTable(table, quoted(table.name)));
    }
    const placeOf = (table: string) => ({ read: quoted(table), write: quoted(table), overlay: false });
    this.#folding = new Folding(this.#database, projections, placeOf);
  }

  /** Takes the next event of the log. */
  fold(event: LedgerEvent, origin: Origin): void {
    this.#folding.foldDecoded(event, origin);
    this.#folded += 1;
    if (this.#folded % EVENTS_PER_LOOK !== 0 || !this.#folding.isFull) return;
    this.#write();
    this.#folding.makeRoom();
  }

  /** The digests of what has been folded. */
  digests(): readonly ReplayedProjection[] {
    this.#write();
    return projections.map((projection) => {
      return { projection: projection.name, ...digestRows(this.#database, projection, (table) => table) };
    });
  }

  close(): void {
    this.#database.close();
  }

  #write(): void {
    this.#database.exec('BEGIN');
    this.#folding.flush();
    this.#database.exec('COMMIT');
  }
}
