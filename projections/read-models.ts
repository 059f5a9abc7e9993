import { mkdirSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Position, StoredEvent } from '../src/events/envelope.ts';
import type { EventStore } from '../src/store/event-store.ts';
import { projections } from './all.ts';
import { Folding } from './folding.ts';
import { Following } from './following.ts';
import type { Checkpoint } from './generations.ts';
import { Generations, tableOf } from './generations.ts';
import type { FoldsBeside } from './halves.ts';
import { EVENTS_PER_PAGE, PAGES_PER_TURN } from './halves.ts';
import type { Projection } from './projection.ts';
import type { CatchUpOptions, EventListener, ReadModelSource } from './read-model-source.ts';
import type { Progress, RebuiltProjection } from './rebuild.ts';
import { chosenProjections, NextGeneration } from './rebuild.ts';
import type { FoldedCount } from './stream-heads.ts';
import { HEADS_TABLE, hasHeads, StreamHeads } from './stream-heads.ts';
import { quoted } from './table-definition.ts';

/** Which projection is built anew, all of them when none is named, and who is told how far it has come. */
export interface RebuildOptions {
  readonly projection?: string | undefined;
  readonly progress?: Progress | undefined;
}

/** How many events are folded at most before what they changed is written with the checkpoint. */
const EVENTS_PER_WRITE = 250_000;

/** So long a log of their own file they move into it themselves. */
const PAGES_ALONE = 10_000;
/** The same where the store does that for its own file, and has not come to it for long. */
const PAGES_BESIDE_THE_STORE = 40_000;

/** The read models of the process that writes: rows and checkpoint are written in one transaction. */
export class ReadModels implements ReadModelSource {
  readonly database: DatabaseSync;
  readonly #store: EventStore;
  readonly #generations: Generations;
  readonly #lock: { release(): void } | undefined;
  #folding: Folding | undefined;
  #checkpoint: Checkpoint | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #rebuilding: Promise<unknown> = Promise.resolve();
  /** Where others append as well, one subscription brings what is folded. */
  readonly #following: Following | undefined;
  readonly #listeners: EventListener[] = [];
  /** Of the log that is followed. */
  #heads: StreamHeads | undefined;

  /** `file` may be the store's own file, another one, or `:memory:`; `lock` is let go of when it is closed. */
  constructor(store: EventStore, file: string, lock?: { release(): void }) {
    this.#store = store;
    this.#lock = lock;
    this.database = new DatabaseSync(file, { timeout: 5000 });
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536');
    // A checkpoint waits for the disk, and commands with it: at the default of 1 000 pages a busy file has several a second.
    const pages = store.checkpointedFile === file ? PAGES_BESIDE_THE_STORE : PAGES_ALONE;
    this.database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
    this.#generations = new Generations(this.database);
    this.#following = store.followed && new Following(store.followed, this.#followed());
  }

  /**
   * Whether the subscription to a shared store is there, so that its events are on their way here as they are appended.
   * False while it is being taken up again, and where the store is not shared.
   */
  get isLive(): boolean {
    return this.#following?.isLive ?? false;
  }

  /**
   * Calls the listener with every event of a shared store as it arrives, before it is folded: so that whoever keeps states
   * of streams knows which of them are behind. An event may be told twice; the listener must not throw.
   */
  onEvent(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  get folded(): Position | undefined {
    return this.#following?.folded ?? this.position;
  }

  counted(): FoldedCount | undefined {
    return this.#heads?.counted();
  }

  get position(): Position | undefined {
    return this.#checkpoint?.position;
  }

  get written(): Position | undefined {
    return this.#generations.checkpoint()?.position;
  }

  async catchUp({ wholeLog = false, position }: CatchUpOptions = {}): Promise<void> {
    const following = this.#following;
    if (following === undefined) return this.#inTurn(() => this.#fold());
    // A store that has been closed says so.
    await this.#store.settled();
    await this.#inTurn(() => following.begin());
    const last = wholeLog ? (await this.#store.last())?.position : this.#store.followed?.known;
    if (last !== undefined) await following.reach(last, { patient: wholeLog });
    if (position !== undefined) await following.reach(position);
  }

  /**
   * Builds all projections, or the one named, beside the live ones from the beginning of the log, and switches when the
   * new generation has caught up and its digest is computed. `beside` folds a half of the log on another thread.
   * Errors: `projection.not_found`.
   */
  async rebuild(
    options: RebuildOptions = {},
    beside: FoldsBeside | undefined = undefined,
  ): Promise<readonly RebuiltProjection[]> {
    const chosen = chosenProjections(options.projection);
    const run = this.#rebuilding.catch(() => undefined).then(() => this.#rebuild(chosen, options, beside));
    this.#rebuilding = run;
    return run;
  }

  close(): void {
    this.#following?.abandon();
    this.database.close();
    this.#lock?.release();
  }

  async #rebuild(
    chosen: readonly Projection[],
    options: RebuildOptions,
    beside: FoldsBeside | undefined,
  ): Promise<readonly RebuiltProjection[]> {
    await this.catchUp({ wholeLog: true });
    // Two generations in memory side by side would be one too many; the rows of this one are written.
    await this.#inTurn(async () => {
      await this.#following?.stop();
      this.#folding?.release();
    });
    // What an interrupted rebuild has left.
    removePartsOf(beside);
    if (beside !== undefined) mkdirSync(beside.folder);
    this.#store.betweenAppends(() => this.#generations.dropOthers());
    const inParts = beside !== undefined;
    const events = () => this.counted()?.events;
    const parts = { store: this.#store, database: this.database, generations: this.#generations, inParts, events };
    const next = new NextGeneration(chosen, parts);
    const thread = beside?.start();
    try {
      if (beside !== undefined && thread !== undefined) {
        await next.catchUpInParts(beside, thread, options.progress);
      }
      await next.catchUp(options.progress);
      return await this.#inTurn(async () => {
        await this.#meet(next, options.progress);
        const rebuilt = await next.goLive(thread);
        this.#useLive();
        this.#store.betweenAppends(() => this.#generations.dropOthers());
        return rebuilt;
      });
    } finally {
      await thread?.close();
      removePartsOf(beside);
    }
  }

  /** Brings the live tables and the new ones to the same position, where both stay. */
  async #meet(next: NextGeneration, progress: Progress | undefined): Promise<void> {
    if (this.#following === undefined) {
      do {
        await next.catchUp(progress);
        await this.#fold();
      } while (next.position !== this.position);
      return;
    }
    // What follows the log stops where it stands, which is not before the new tables; they come after. Nobody lets it
    // begin again before its turn.
    await this.#following.begin();
    const last = await this.#store.last();
    if (last !== undefined) await this.#following.reach(last.position, { patient: true });
    await this.#following.stop();
    await next.catchUp(progress, this.position);
  }

  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const run = this.#running.catch(() => undefined).then(work);
    this.#running = run;
    return run;
  }

  async #fold(): Promise<void> {
    const folding = this.#folding ?? (await this.#prepare());
    let after = this.position;
    let losses = this.#store.losses;
    for (let waiting = 0, pages = 1; ; pages += 1) {
      const { events, last } = await this.#store.scan({ after, limit: EVENTS_PER_PAGE });
      for (const event of events) folding.fold(event);
      waiting += events.length;
      after = last ?? after;
      const done = events.length < EVENTS_PER_PAGE;
      if (waiting > 0 && (done || waiting >= EVENTS_PER_WRITE || folding.isFull)) {
        const written = await this.#write(folding, after, losses);
        if (!written) after = this.position;
        losses = this.#store.losses;
        waiting = 0;
        if (!written) continue;
      }
      if (done) return;
      if (pages % PAGES_PER_TURN === 0) await othersTurn();
    }
  }

  #followed() {
    const write = (last: StoredEvent) => {
      const folding = this.#folding;
      if (folding !== undefined) this.#writeAt(folding, { position: last.position, hash: last.hash });
    };
    return {
      begin: async () => {
        if (this.#folding === undefined) await this.#prepare();
        return this.position;
      },
      fold: (events: readonly StoredEvent[]) => {
        for (const event of events) for (const listener of this.#listeners) listener(event);
        for (const event of events) {
          this.#heads?.add(event);
          this.#folding?.fold(event);
        }
        return this.#folding?.isFull ?? false;
      },
      write,
      forget: () => {
        this.#folding?.release();
        this.#heads?.release();
      },
    };
  }

  /** Answers false when events were lost since they were folded; then nothing is written and all of it forgotten. */
  async #write(folding: Folding, position: Position | undefined, losses: number): Promise<boolean> {
    try {
      const last = position === undefined ? undefined : await this.#store.at(position);
      return this.#store.betweenAppends(() => {
        if (this.#store.losses !== losses || position === undefined || last === undefined) {
          folding.release();
          return false;
        }
        this.#writeAt(folding, { position, hash: last.hash });
        return true;
      });
    } catch (error) {
      folding.release();
      throw error;
    }
  }

  /** Writes rows and checkpoint in one transaction. */
  #writeAt(folding: Folding, checkpoint: Checkpoint): void {
    try {
      this.database.exec('BEGIN IMMEDIATE');
      folding.flush();
      this.#heads?.flush();
      this.#generations.setCheckpoint(checkpoint);
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
    if (folding.isFull) folding.makeRoom();
    this.#checkpoint = checkpoint;
  }

  /** Takes over what the file holds, if it was folded from this very log by this version of the projections. */
  async #prepare(): Promise<Folding> {
    const live = this.#generations.live();
    const checkpoint = this.#generations.checkpoint();
    const last = checkpoint === undefined ? undefined : await this.#store.at(checkpoint.position);
    // Heads that are missing, or of another log, are of no use to tables that are kept.
    const isWhole = this.#following === undefined || hasHeads(this.database);
    if (this.#following !== undefined) this.#heads = new StreamHeads(this.database, { table: HEADS_TABLE });
    if (checkpoint === undefined || last?.hash !== checkpoint.hash || live.size < projections.length || !isWhole) {
      return this.#startAnew();
    }
    this.#store.betweenAppends(() => this.#generations.dropOthers());
    this.#checkpoint = checkpoint;
    return this.#useLive();
  }

  #startAnew(): Folding {
    this.#store.betweenAppends(() => {
      const generation = this.#generations.next();
      this.database.exec('BEGIN IMMEDIATE');
      for (const projection of projections) {
        this.#generations.create(projection, generation);
        this.#generations.switchTo(projection, generation);
      }
      this.#generations.setCheckpoint(undefined);
      this.#heads?.clear();
      this.#generations.dropOthers();
      this.database.exec('COMMIT');
    });
    this.#checkpoint = undefined;
    return this.#useLive();
  }

  #useLive(): Folding {
    const live = this.#generations.live();
    const generationOf = new Map(
      projections.flatMap(({ name, tables }) => tables.map((table) => [table.name, live.get(name) ?? 0] as const)),
    );
    this.#folding = new Folding(this.database, projections, (table) => {
      const name = quoted(tableOf(table, generationOf.get(table) ?? 0));
      return { read: name, write: name, overlay: false };
    });
    return this.#folding;
  }
}

function removePartsOf(beside: FoldsBeside | undefined): void {
  if (beside !== undefined) rmSync(beside.folder, { recursive: true, force: true });
}
