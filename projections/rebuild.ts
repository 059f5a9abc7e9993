import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Position } from '../src/events/envelope.ts';
import { LedgerError } from '../src/kernel/errors.ts';
import type { EventStore, Page, ScannedEvent, StreamPart } from '../src/store/event-store.ts';
import { projections } from './all.ts';
import { Folding, ROWS_OF_A_PART } from './folding.ts';
import type { Generations } from './generations.ts';
import { tableOf } from './generations.ts';
import type { BesideThread, DigestedTables, FoldsBeside, NewTables } from './halves.ts';
import {
  digestTables,
  EVENTS_PER_PAGE,
  foldPart,
  foldPartApart,
  isNotApart,
  mergePart,
  PAGES_PER_TURN,
  shareOf,
} from './halves.ts';
import type { Projection } from './projection.ts';
import type { RowDigest } from './row-digest.ts';
import { quoted } from './table-definition.ts';

/** Told how many events of how many are done. */
export type Progress = (done: number, total: number) => void;

/** A projection that was built anew: the digest of its rows, and whether the rows it replaced had the same. */
export interface RebuiltProjection extends RowDigest {
  readonly projection: string;
  readonly position: Position | null;
  readonly unchanged: boolean;
}

/** All projections, or the one of that name. Errors: `projection.not_found`. */
export function chosenProjections(name: string | undefined): readonly Projection[] {
  if (name === undefined) return projections;
  const chosen = projections.filter((projection) => projection.name === name);
  if (chosen.length > 0) return chosen;
  const known = projections.map((projection) => projection.name).join(', ');
  throw new LedgerError('projection.not_found', `there is no projection ${name}; there are ${known}`);
}

/**
 * Projections on their way into a new generation of tables, from the beginning of the log. Until {@link goLive} the live
 * tables answer; an interrupted rebuild leaves them as they were.
 */
export class NextGeneration {
  readonly #chosen: readonly Projection[];
  readonly #store: EventStore;
  readonly #database: DatabaseSync;
  readonly #generations: Generations;
  readonly #generation: number;
  readonly #folding: Folding;
  readonly #losses: number;
  readonly #events: () => number | undefined;
  #position: Position | undefined;
  #done = 0;

  constructor(
    chosen: readonly Projection[],
    parts: {
      readonly store: EventStore;
      readonly database: DatabaseSync;
      readonly generations: Generations;
      /** Whether the log is going to be folded in parts. */
      readonly inParts: boolean;
      /** How many events the live tables are made of, where that is known without asking the store. */
      readonly events: () => number | undefined;
    },
  ) {
    this.#chosen = chosen;
    this.#store = parts.store;
    this.#database = parts.database;
    this.#generations = parts.generations;
    this.#losses = parts.store.losses;
    this.#events = parts.events;
    const generation = parts.generations.next();
    this.#generation = generation;
    this.#write(() => {
      for (const projection of chosen) parts.generations.create(projection, generation);
    });
    const placeOf = (table: string) => {
      const name = quoted(tableOf(table, generation));
      return { read: name, write: name, overlay: false };
    };
    this.#folding = new Folding(parts.database, chosen, placeOf, parts.inParts ? ROWS_OF_A_PART : undefined);
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /**
   * Folds the log as it is now on two threads and in several passes, the streams of each part apart: so the rows in memory
   * are those of a part, however long the log is. Where the parts turn out not to be apart, which a log that keeps the
   * rules never does, nothing is folded.
   */
  async catchUpInParts(beside: FoldsBeside, thread: BesideThread, progress: Progress | undefined): Promise<void> {
    await this.#store.flush();
    const upTo = (await this.#store.last())?.position;
    if (upTo === undefined) return;
    const total = await this.#store.countAfter();
    try {
      await this.#foldParts(beside, thread, { upTo, total, progress });
    } catch (error) {
      if (!isNotApart(error)) throw error;
      this.#write(() => this.#empty());
      this.#folding.release();
      return;
    }
    this.#folding.release();
    this.#position = upTo;
    this.#done = total;
  }

  async #foldParts(
    { store, folder, passesOver }: FoldsBeside,
    thread: BesideThread,
    {
      upTo,
      total,
      progress,
    }: { readonly upTo: Position; readonly total: number; readonly progress?: Progress | undefined },
  ): Promise<void> {
    const pairs = await store.divide(passesOver(total));
    const names = this.#chosen.map(({ name }) => name);
    const apart = (part: StreamPart, name: string) => ({ projections: names, part, upTo, file: join(folder, name) });
    const others = pairs.map(([, part], pass) => apart(part, `beside-${pass}`));
    const besideDone = others.map((other) => thread.foldPart(other));
    const files: string[] = [];
    for (const [pass, [part]] of pairs.entries()) {
      const told = async (position: Position) => {
        const folded = pass * total + total - (await this.#store.countAfter(position));
        progress?.(Math.floor(folded / pairs.length), total);
      };
      if (pass === 0) {
        const write = () => this.#write(() => this.#folding.flush());
        await foldPart(store, this.#folding, { share: shareOf(part, this.#chosen), upTo, write, told });
        write();
        this.#folding.release();
      } else {
        const here = apart(part, `here-${pass}`);
        await foldPartApart(store, here, told);
        files.push(here.file);
      }
    }
    await Promise.all(besideDone);
    for (const { file } of others) files.push(file);
    for (const file of files) this.#merge(file);
  }

  /** Folds to the end of the log as it is then, or up to an event that is not folded yet. */
  async catchUp(progress: Progress | undefined, upTo?: Position): Promise<void> {
    if (upTo !== undefined && this.#position === upTo) return;
    const total = this.#events() ?? this.#done + (await this.#store.countAfter(this.#position));
    for (let pages = 1; ; pages += 1) {
      const { events, last } = await this.#page(upTo);
      for (const event of events) this.#folding.fold(event);
      this.#position = last ?? this.#position;
      this.#done += events.length;
      if (this.#folding.isFull) {
        this.#write(() => this.#folding.flush());
        this.#folding.makeRoom();
      }
      const caughtUp = events.length < EVENTS_PER_PAGE || (upTo !== undefined && this.#position === upTo);
      if (caughtUp || pages % PAGES_PER_TURN === 0) progress?.(this.#done, Math.max(total, this.#done));
      if (caughtUp) return;
      if (pages % PAGES_PER_TURN === 0) await othersTurn();
    }
  }

  /** The next events, none after the one at `upTo`. */
  async #page(upTo: Position | undefined): Promise<Page<ScannedEvent>> {
    const asked = { after: this.#position, limit: EVENTS_PER_PAGE };
    if (upTo === undefined) return this.#store.scan(asked);
    const page = await this.#store.readAll(asked);
    const end = page.events.findIndex(({ position }) => position === upTo);
    return end < 0 ? page : { events: page.events.slice(0, end + 1), last: upTo };
  }

  /**
   * Writes and digests the new tables, and makes them live. Both generations have to stand at the same position, and
   * nobody may fold on meanwhile.
   */
  async goLive(thread?: BesideThread): Promise<readonly RebuiltProjection[]> {
    this.#write(() => this.#folding.flush());
    if (this.#store.losses !== this.#losses) {
      throw new LedgerError('store.unavailable', 'events were lost while the read models were built; build them again');
    }
    const live = this.#generations.live();
    const tables = this.#chosen.map(({ name }) => {
      return { projection: name, generation: this.#generation, replaced: live.get(name) ?? this.#generation };
    });
    const digested = thread === undefined ? digestTables(this.#database, tables) : await this.#digest(tables, thread);
    this.#write(() => {
      for (const projection of this.#chosen) this.#generations.switchTo(projection, this.#generation);
    });
    return digested.map((one) => ({ ...one, position: this.#position ?? null }));
  }

  /** Digests the widest tables beside this thread, which digests the others. */
  async #digest(tables: readonly NewTables[], thread: BesideThread): Promise<readonly DigestedTables[]> {
    const widest = 'certificates';
    const beside = thread.digest(tables.filter(({ projection }) => projection === widest));
    const here = digestTables(
      this.#database,
      tables.filter(({ projection }) => projection !== widest),
    );
    const digested = new Map([...(await beside), ...here].map((one) => [one.projection, one]));
    return tables.flatMap(({ projection }) => digested.get(projection) ?? []);
  }

  #merge(file: string): void {
    this.#database.prepare('ATTACH ? AS part').run(file);
    try {
      this.#write(() => {
        for (const definition of this.#chosen.flatMap(({ tables }) => tables)) {
          const into = quoted(tableOf(definition.name, this.#generation));
          mergePart(this.#database, definition, { into, from: 'part' });
        }
      });
    } finally {
      this.#database.exec('DETACH part');
    }
  }

  #empty(): void {
    for (const { name } of this.#chosen.flatMap(({ tables }) => tables)) {
      this.#database.exec(`DELETE FROM ${quoted(tableOf(name, this.#generation))}`);
    }
  }

  #write(work: () => void): void {
    this.#store.betweenAppends(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }
}
