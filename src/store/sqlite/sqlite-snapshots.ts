import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Snapshot, SnapshotStore } from '../event-store.ts';

/** A file that has none gets the table when it is opened for writing; dropping it loses nothing but time. */
export const SNAPSHOT_TABLE = `
  CREATE TABLE IF NOT EXISTS snapshot (
    stream TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    hash TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Snapshots in a local file. They wait in memory until somebody commits anyway, so none costs a wait for the disk. */
export class SqliteSnapshots implements SnapshotStore {
  readonly #waiting = new Map<string, Snapshot>();
  readonly #find: StatementSync | undefined;
  readonly #put: StatementSync | undefined;
  readonly #all: StatementSync | undefined;

  /** Reading beside a writer of an older version, there may be no table. */
  constructor(database: DatabaseSync, { readOnly }: { readonly readOnly: boolean }) {
    if (!readOnly) database.exec(SNAPSHOT_TABLE);
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'snapshot'").get() === undefined) return;
    this.#find = database.prepare(
      'SELECT stream, revision, hash, version, state, digest FROM snapshot WHERE stream = ?',
    );
    this.#all = database.prepare('SELECT stream, version, revision FROM snapshot ORDER BY stream');
    if (readOnly) return;
    this.#put = database.prepare('INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?, ?, ?)');
  }

  async find(stream: string): Promise<Snapshot | undefined> {
    return this.#waiting.get(stream) ?? (this.#find?.get(stream) as unknown as Snapshot | undefined);
  }

  async all(): Promise<readonly Pick<Snapshot, 'stream' | 'version' | 'revision'>[]> {
    return (this.#all?.all() ?? []) as unknown as Snapshot[];
  }

  put(snapshot: Snapshot): void {
    if (this.#put !== undefined) this.#waiting.set(snapshot.stream, snapshot);
  }

  /** Called inside a transaction. */
  writeWaiting(): void {
    if (this.#waiting.size === 0) return;
    for (const { stream, revision, hash, version, state, digest } of this.#waiting.values()) {
      this.#put?.run(stream, revision, hash, version, state, digest);
    }
    this.#waiting.clear();
  }

  /** What was folded from events that are lost is of no use. */
  forget(): void {
    this.#waiting.clear();
  }
}
