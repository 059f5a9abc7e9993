import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Snapshot, SnapshotStore } from '../event-store.ts';
import type { LogBatch } from './log-batch.ts';

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
  /** On their way to the file. */
  readonly #leaving = new Map<string, Snapshot>();
  readonly #find: StatementSync | undefined;
  readonly #readOnly: boolean;
  readonly #all: StatementSync | undefined;

  /** Reading beside a writer of an older version, there may be no table. */
  constructor(database: DatabaseSync, { readOnly }: { readonly readOnly: boolean }) {
    this.#readOnly = readOnly;
    if (!readOnly) database.exec(SNAPSHOT_TABLE);
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'snapshot'").get() === undefined) return;
    this.#find = database.prepare(
      'SELECT stream, revision, hash, version, state, digest FROM snapshot WHERE stream = ?',
    );
    this.#all = database.prepare('SELECT stream, version, revision FROM snapshot ORDER BY stream');
  }

  async find(stream: string): Promise<Snapshot | undefined> {
    const own = this.#waiting.get(stream) ?? this.#leaving.get(stream);
    return own ?? (this.#find?.get(stream) as unknown as Snapshot | undefined);
  }

  async all(): Promise<readonly Pick<Snapshot, 'stream' | 'version' | 'revision'>[]> {
    return (this.#all?.all() ?? []) as unknown as Snapshot[];
  }

  put(snapshot: Snapshot): void {
    if (!this.#readOnly) this.#waiting.set(snapshot.stream, snapshot);
  }

  /** Adds what waits to a batch. */
  addTo(batch: LogBatch): void {
    for (const [stream, snapshot] of this.#waiting) {
      batch.snapshots.push(snapshot);
      this.#leaving.set(stream, snapshot);
    }
    this.#waiting.clear();
  }

  /** The batch is durable. */
  keep(batch: LogBatch): void {
    for (const snapshot of batch.snapshots) {
      if (this.#leaving.get(snapshot.stream) === snapshot) this.#leaving.delete(snapshot.stream);
    }
  }

  /** What was folded from events that are lost is of no use. */
  forget(): void {
    this.#waiting.clear();
    this.#leaving.clear();
  }
}
