import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** An event's row as the ledger has written it: its place in its stream, and its bytes. */
type Row = readonly [
  position: number,
  stream: number,
  revision: number,
  id: string,
  type: string,
  metadata: string,
  event: string,
  hash: string,
];

/** `bare` is one table by position and nothing else; `indexed` also finds the events of a stream, as a store has to. */
export type RawKind = 'bare' | 'indexed';

const COLUMNS = 'position, stream, revision, id, type, metadata, data, hash';
const SETTINGS = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 10000;
  PRAGMA mmap_size = 4294967296; PRAGMA cache_size = -65536`;

/** What SQLite alone does with the same bytes and the same durability: no rule, no command, no chain. */
export class RawEngine {
  readonly #database: DatabaseSync;
  readonly #insert;
  #position = 0;

  constructor(folder: string, kind: RawKind) {
    this.#database = new DatabaseSync(join(folder, `raw-${kind}.db`));
    this.#database.exec(SETTINGS);
    this.#database.exec(
      `CREATE TABLE event (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL,
         id TEXT NOT NULL, type TEXT NOT NULL, metadata TEXT NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL) STRICT`,
    );
    if (kind === 'indexed') this.#database.exec('CREATE UNIQUE INDEX event_of_stream ON event (stream, revision)');
    this.#insert = this.#database.prepare(`INSERT INTO event(${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  }

  /** Inserts rows, `batch` of them to a transaction; 1 is autocommit. Answers rows per second. */
  insert(rows: readonly Row[], batch: number): number {
    const started = performance.now();
    for (let start = 0; start < rows.length; start += batch) {
      if (batch > 1) this.#database.exec('BEGIN IMMEDIATE');
      for (const [, stream, revision, id, type, metadata, event, hash] of rows.slice(start, start + batch)) {
        this.#position += 1;
        this.#insert.run(this.#position, stream, revision, id, type, metadata, event, hash);
      }
      if (batch > 1) this.#database.exec('COMMIT');
    }
    return (rows.length / (performance.now() - started)) * 1000;
  }

  close(): void {
    this.#database.close();
  }
}

/** The last rows of a ledger's file, read beside the process that writes it. */
export function lastRows(file: string, count: number): readonly Row[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const statement = database.prepare(
    `SELECT ${COLUMNS} FROM event WHERE position > (SELECT max(position) FROM event) - ? ORDER BY position`,
  );
  statement.setReturnArrays(true);
  const rows = statement.all(count) as unknown as Row[];
  database.close();
  return rows;
}
