import { setTimeout as wait } from 'node:timers/promises';
import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import { LedgerError } from '../../kernel/errors.ts';
import type { Arrivals } from './arrivals.ts';
import type { ServerPosition } from './positions.ts';
import { comesAfter } from './positions.ts';

const ASK_AGAIN_PAUSE = 200;

/** What a backlog has to know. */
export interface BacklogOptions {
  /** The ledger's last event at the leader. */
  readonly end: () => Promise<AllStreamRecordedEvent | undefined>;
  /** Told once that everything has been taken, and then once that the subscription is over. */
  readonly told: (isThere: boolean) => void;
  /** Up to where everything had been taken before the subscription began. */
  readonly taken: ServerPosition | undefined;
}

/**
 * What a log holds when a subscription to it begins, until all of it has been taken. The server tells of the beginning, and
 * of having sent everything, before the events in between are here; so the leader is asked for the end.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  #taken: ServerPosition | undefined;
  #end: { readonly place: ServerPosition | undefined } | undefined;
  #isThere = false;
  #isOver = false;

  constructor(arrivals: Pick<Arrivals, 'onceConfirmed' | 'onceOver' | 'fail'>, options: BacklogOptions) {
    this.#options = options;
    this.#taken = options.taken;
    arrivals.onceOver(() => this.#giveUp());
    arrivals.onceConfirmed(() => void this.#find().catch((error: unknown) => arrivals.fail(error)));
  }

  /** Everything up to here has been taken. */
  take(place: ServerPosition | undefined): void {
    this.#taken = place;
    this.#look();
  }

  #giveUp(): void {
    this.#isOver = true;
    if (this.#isThere) this.#options.told(false);
    this.#isThere = false;
  }

  /** Events go on coming while the leader cannot be asked. */
  async #find(): Promise<void> {
    while (!this.#isOver) {
      try {
        this.#end = { place: (await this.#options.end())?.position };
        this.#look();
        return;
      } catch (error) {
        if (!(error instanceof LedgerError) || error.code !== 'store.unavailable') throw error;
      }
      await wait(ASK_AGAIN_PAUSE, undefined, { ref: false });
    }
  }

  #look(): void {
    if (this.#isThere || this.#isOver || this.#end === undefined) return;
    const { place } = this.#end;
    if (place !== undefined && (this.#taken === undefined || comesAfter(place, this.#taken))) return;
    this.#isThere = true;
    this.#options.told(true);
  }
}
