import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Position } from '../src/events/envelope.ts';
import type { EventStore } from '../src/store/event-store.ts';
import { projections } from './all.ts';
import { Folding } from './folding.ts';
import type { Checkpoint } from './generations.ts';
import { Generations, tableOf } from './generations.ts';
import { EVENTS_PER_PAGE } from './halves.ts';
import type { ReadModelSource } from './read-model-source.ts';
import type { FoldedCount } from './stream-heads.ts';
import { HEADS_TABLE, hasHeads, StreamHeads } from './stream-heads.ts';
import type { TableDefinition } from './table-definition.ts';
import { columnNames, createIndexes, createOverlay, GONE, quoted } from './table-definition.ts';

/**
 * The read models of a process that only reads, beside one that writes or alone. What the file does not hold yet is
 * folded into temporary tables laid over those of the file, so that no answer is stale and nothing is written.
 */
export class OverlaidReadModels implements ReadModelSource {
  readonly database: DatabaseSync;
  readonly #store: EventStore;
  readonly #generations: Generations;
  /** What the file held when the overlay was begun; the transaction keeps the file's tables as they were then. */
  #base: Checkpoint | undefined;
  #overlay: Folding | undefined;
  /** Of a log that others append to as well. */
  #heads: StreamHeads | undefined;
  #position: Position | undefined;
  #running: Promise<void> = Promise.resolve();

  /** `file` may be missing: then everything is folded. */
  constructor(store: EventStore, file: string) {
    this.#store = store;
    const exists = existsSync(file);
    this.database = new DatabaseSync(exists ? file : ':memory:', { readOnly: exists, timeout: 5000 });
    this.#generations = new Generations(this.database);
  }

  get position(): Position | undefined {
    return this.#position;
  }

  get folded(): Position | undefined {
    return this.#position;
  }

  counted(): FoldedCount | undefined {
    return this.#heads?.counted();
  }

  get written(): Position | undefined {
    return this.#generations.checkpoint()?.position;
  }

  catchUp(): Promise<void> {
    const run = this.#running.catch(() => undefined).then(() => this.#catchUp());
    this.#running = run;
    return run;
  }

  close(): void {
    this.database.close();
  }

  async #catchUp(): Promise<void> {
    // The store is asked first: it says so when it has been closed.
    if ((await this.#isWhole()) && this.database.isTransaction) return;
    await this.#takeBase();
    if (await this.#isWhole()) {
      if (this.#overlay === undefined && this.#base === undefined) this.#layOver();
      return;
    }
    const overlay = this.#overlay ?? this.#layOver();
    for (;;) {
      const { read, last } = await this.#foldPage(overlay);
      this.#position = last ?? this.#position;
      const done = read < EVENTS_PER_PAGE;
      if (done || overlay.isFull) {
        overlay.flush();
        this.#heads?.flush();
      }
      if (overlay.isFull) overlay.makeRoom();
      if (done) return;
    }
  }

  /** Whether nothing follows what is folded. To count it a shared store would have to read it. */
  async #isWhole(): Promise<boolean> {
    if (this.#store.shared) return (await this.#store.last())?.position === this.#position;
    return (await this.#store.countAfter(this.#position)) === 0;
  }

  async #foldPage(overlay: Folding): Promise<{ readonly read: number; readonly last: Position | undefined }> {
    const asked = { after: this.#position, limit: EVENTS_PER_PAGE };
    if (this.#heads === undefined) {
      const { events, last } = await this.#store.scan(asked);
      for (const event of events) overlay.fold(event);
      return { read: events.length, last };
    }
    const { events, last } = await this.#store.readAll(asked);
    for (const event of events) {
      this.#heads.add(event);
      overlay.fold(event);
    }
    return { read: events.length, last };
  }

  /** Looks at the file as it is now. What was laid over an older state of it is taken away. */
  async #takeBase(): Promise<void> {
    if (this.database.isTransaction) this.database.exec('COMMIT');
    this.database.exec('BEGIN');
    const checkpoint = this.#generations.checkpoint();
    const last = checkpoint === undefined ? undefined : await this.#store.at(checkpoint.position);
    const isOfLog = last?.hash === checkpoint?.hash && (!this.#store.shared || hasHeads(this.database));
    const current = this.#generations.live().size === projections.length && isOfLog;
    const base = current ? checkpoint : undefined;
    if (base?.position === this.#base?.position && this.#overlay !== undefined) return;
    this.#takeAway();
    this.#base = base;
    this.#position = base?.position;
  }

  #layOver(): Folding {
    const live = this.#generations.live();
    for (const { name, tables } of projections) {
      for (const table of tables) {
        const below = this.#base === undefined ? undefined : tableOf(table.name, live.get(name) ?? 0);
        this.database.exec(createOverlay(table, `temp.${quoted(overlayOf(table.name))}`));
        this.database.exec(createIndexes(table, overlayOf(table.name), 'temp.'));
        this.database.exec(viewOver(table, below));
      }
    }
    if (this.#store.shared) {
      const below = this.#base === undefined ? undefined : `main.${HEADS_TABLE}`;
      this.#heads = new StreamHeads(this.database, { table: OVERLAID_HEADS, below });
    }
    this.#overlay = new Folding(this.database, projections, (table) => ({
      read: `temp.${quoted(table)}`,
      write: `temp.${quoted(overlayOf(table))}`,
      overlay: true,
    }));
    return this.#overlay;
  }

  #takeAway(): void {
    if (this.#overlay === undefined) return;
    for (const { name } of projections.flatMap(({ tables }) => tables)) {
      this.database.exec(`DROP VIEW temp.${quoted(name)}; DROP TABLE temp.${quoted(overlayOf(name))}`);
    }
    if (this.#heads !== undefined) this.database.exec(`DROP TABLE ${OVERLAID_HEADS}`);
    this.#heads = undefined;
    this.#overlay = undefined;
  }
}

const OVERLAID_HEADS = 'temp.heads_over';

function overlayOf(table: string): string {
  return `${table} (overlay)`;
}

/** The view under the plain name: the rows of the overlay, and those below that none of them hides. */
function viewOver<Row extends object>(definition: TableDefinition<Row>, below: string | undefined): string {
  const columns = columnNames(definition);
  const over = `temp.${quoted(overlayOf(definition.name))}`;
  const view = `CREATE TEMP VIEW ${quoted(definition.name)} AS SELECT ${columns} FROM ${over} WHERE ${GONE} = 0`;
  if (below === undefined) return view;
  const same = definition.key.map((column) => `hiding.${quoted(column)} = below.${quoted(column)}`).join(' AND ');
  return `${view} UNION ALL SELECT ${columns} FROM main.${quoted(below)} AS below
    WHERE NOT EXISTS (SELECT 1 FROM ${over} AS hiding WHERE ${same})`;
}
