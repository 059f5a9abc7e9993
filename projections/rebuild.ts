import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Position } from '../src/events/envelope.ts';
import { LedgerError } from '../src/kernel/errors.ts';
import type { EventStore } from '../src/store/event-store.ts';
import { projections } from './all.ts';
import { Folding } from './folding.ts';
import type { Generations } from './generations.ts';
import { tableOf } from './generations.ts';
import type { Projection } from './projection.ts';
import type { RowDigest } from './row-digest.ts';
import { digestRows, sameRows } from './row-digest.ts';
import { quoted } from './table-definition.ts';

/** Told how many events of how many are done. */
export type Progress = (done: number, total: number) => void;

/** A projection that was built anew: the digest of its rows, and whether the rows it replaced had the same. */
export interface RebuiltProjection extends RowDigest {
  readonly projection: string;
  readonly position: Position | null;
  readonly unchanged: boolean;
}

/** How many events are read at once. */
export const EVENTS_PER_PAGE = 2_000;
/** How many pages are folded before others have their turn. */
export const PAGES_PER_TURN = 20;

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
  #position: Position | undefined;
  #done = 0;

  constructor(
    chosen: readonly Projection[],
    parts: { readonly store: EventStore; readonly database: DatabaseSync; readonly generations: Generations },
  ) {
    this.#chosen = chosen;
    this.#store = parts.store;
    this.#database = parts.database;
    this.#generations = parts.generations;
    this.#losses = parts.store.losses;
    const generation = parts.generations.next();
    this.#generation = generation;
    this.#write(() => {
      for (const projection of chosen) parts.generations.create(projection, generation);
    });
    this.#folding = new Folding(parts.database, chosen, (table) => {
      const name = quoted(tableOf(table, generation));
      return { read: name, write: name, overlay: false };
    });
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** Folds to the end of the log as it is then. */
  async catchUp(progress: Progress | undefined): Promise<void> {
    const total = this.#done + (await this.#store.countAfter(this.#position));
    for (let pages = 1; ; pages += 1) {
      const { events, last } = await this.#store.scan({ after: this.#position, limit: EVENTS_PER_PAGE });
      for (const event of events) this.#folding.fold(event);
      this.#position = last ?? this.#position;
      this.#done += events.length;
      progress?.(this.#done, Math.max(total, this.#done));
      if (this.#folding.isFull) {
        this.#write(() => this.#folding.flush());
        this.#folding.makeRoom();
      }
      if (events.length < EVENTS_PER_PAGE) return;
      if (pages % PAGES_PER_TURN === 0) await othersTurn();
    }
  }

  /** Writes and digests the new tables, and makes them live. Both generations have to stand at the same position. */
  goLive(): readonly RebuiltProjection[] {
    this.#write(() => this.#folding.flush());
    if (this.#store.losses !== this.#losses) {
      throw new LedgerError('store.unavailable', 'events were lost while the read models were built; build them again');
    }
    const live = this.#generations.live();
    const rebuilt = this.#chosen.map((projection): RebuiltProjection => {
      const fresh = (table: string) => tableOf(table, this.#generation);
      const replaced = (table: string) => tableOf(table, live.get(projection.name) ?? this.#generation);
      const digest = digestRows(this.#database, projection, fresh);
      const unchanged = sameRows(this.#database, projection, fresh, replaced);
      return { projection: projection.name, position: this.#position ?? null, ...digest, unchanged };
    });
    this.#write(() => {
      for (const projection of this.#chosen) this.#generations.switchTo(projection, this.#generation);
    });
    return rebuilt;
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
