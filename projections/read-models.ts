import { DatabaseSync } from 'node:sqlite';
import { decodeEvent } from '../src/events/codec.ts';
import type { Position } from '../src/events/envelope.ts';
import type { EventStore } from '../src/store/event-store.ts';
import { projections } from './all.ts';
import type { Projection } from './projection.ts';
import type { TableDefinition } from './table.ts';
import { createIndexes, createTable, quoted, Table } from './table.ts';

/** How many events are folded before what they changed is written with the checkpoint. */
const EVENTS_PER_WRITE = 20_000;
const EVENTS_PER_PAGE = 2_000;

/** The read models of one ledger: every projection folded to one checkpoint, rows and checkpoint in one transaction. */
export class ReadModels {
  readonly database: DatabaseSync;
  readonly #store: EventStore;
  readonly #tables = new Map<string, Table<object>>();
  #folds: ReturnType<Projection['folding']>[] = [];
  #position: Position | undefined;
  #running: Promise<void> = Promise.resolve();

  /** `file` may be the store's own file, or `:memory:`. Without a writing process the models are folded in memory. */
  constructor(store: EventStore, file: string) {
    this.#store = store;
    this.database = new DatabaseSync(file, { timeout: 5000 });
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536');
    this.#prepare();
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** Folds every event that is in the log now. */
  catchUp(): Promise<void> {
    const run = this.#running.catch(() => undefined).then(() => this.#fold());
    this.#running = run;
    return run;
  }

  /** Throws all tables away and folds the log from its beginning. */
  async rebuild(): Promise<void> {
    await this.#running;
    this.#store.betweenAppends(() => {
      this.database.exec('DROP TABLE IF EXISTS read_model');
      for (const { tables } of projections) {
        for (const { name } of tables) this.database.exec(`DROP TABLE IF EXISTS ${quoted(name)}`);
      }
      this.#prepare();
    });
    await this.catchUp();
  }

  close(): void {
    this.database.close();
  }

  #prepare(): void {
    const versions = projections.map(({ name, version }) => `${name} ${version}`).join(', ');
    const known = this.database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'read_model'").get();
    const row =
      known === undefined ? undefined : this.database.prepare('SELECT versions, position FROM read_model').get();
    if (row === undefined || row.versions !== versions) this.#create(versions);
    this.#position = row?.versions === versions && typeof row.position === 'string' ? row.position : undefined;
    this.#tables.clear();
    const tables = { table: <Row extends object>(definition: TableDefinition<Row>) => this.#tableOf(definition) };
    this.#folds = projections.map((projection) => projection.folding(tables));
  }

  #create(versions: string): void {
    this.database.exec('BEGIN IMMEDIATE; DROP TABLE IF EXISTS read_model');
    this.database.exec('CREATE TABLE read_model (versions TEXT NOT NULL, position TEXT) STRICT');
    for (const { tables } of projections) {
      for (const definition of tables) {
        this.database.exec(`DROP TABLE IF EXISTS ${quoted(definition.name)}`);
        this.database.exec(createTable(definition, definition.name));
        this.database.exec(createIndexes(definition, definition.name));
      }
    }
    this.database.prepare('INSERT INTO read_model(versions, position) VALUES (?, NULL)').run(versions);
    this.database.exec('COMMIT');
  }

  #tableOf<Row extends object>(definition: TableDefinition<Row>): Table<Row> {
    const name = quoted(definition.name);
    const table = new Table(this.database, definition, { read: name, write: name });
    this.#tables.set(definition.name, table as never);
    return table;
  }

  async #fold(): Promise<void> {
    let after = this.#position;
    for (let waiting = 0; ; ) {
      const { events, last } = await this.#store.scan({ after, limit: EVENTS_PER_PAGE });
      for (const { stream, revision, type, data } of events) {
        const event = decodeEvent({ type, data });
        for (const fold of this.#folds) fold(event, { stream, revision });
      }
      waiting += events.length;
      after = last ?? after;
      const done = events.length < EVENTS_PER_PAGE;
      if (waiting > 0 && (done || waiting >= EVENTS_PER_WRITE)) {
        this.#write(after);
        waiting = 0;
      }
      if (done) return;
    }
  }

  /** What was folded from events that are lost is forgotten, whatever else it was mixed with. */
  #write(position: Position | undefined): void {
    try {
      this.#store.betweenAppends(() => {
        this.database.exec('BEGIN IMMEDIATE');
        for (const table of this.#tables.values()) table.flush();
        this.database.prepare('UPDATE read_model SET position = ?').run(position ?? null);
        this.database.exec('COMMIT');
        this.#position = position;
      });
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      for (const table of this.#tables.values()) table.forget();
      throw error;
    }
  }
}
