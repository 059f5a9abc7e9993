import { LedgerError } from '../kernel/errors.ts';
import type { EventStore } from '../store/event-store.ts';
import type { ParsedCommand } from './commands.ts';
import { parseCommand } from './commands.ts';
import type { OpenIntents } from './open-intents.ts';
import { storedIntent } from './remembered-commands.ts';
import { restsOnIntent } from './rests-on-intent.ts';
import type { RowOwner } from './row-owners.ts';

/** For how many milliseconds another node is left to go on with a command before whoever rests on it finishes it. */
const LEFT_ALONE = 3_000;

/** How a handler finishes commands. */
export interface Finishing {
  readonly store: EventStore;
  /** Finishes a command from its stored intent. */
  readonly finish: (commandId: string) => Promise<void>;
  /** Whether this process is at a command itself. */
  readonly isOnItsWay: (commandId: string) => boolean;
  readonly ownerOfContract: (contractId: string) => Promise<RowOwner | undefined>;
}

/** Finishes the commands over several streams that other nodes have begun and not gone on with. */
export class OthersIntents {
  readonly #open: OpenIntents;
  readonly #handler: Finishing;

  constructor(open: OpenIntents, handler: Finishing) {
    this.#open = open;
    this.#handler = handler;
  }

  /**
   * Those that have been open for so many milliseconds of this process. It does no harm where the other node is only slow.
   * Errors: that of one that cannot be finished, when those behind it have been.
   */
  async finishAll(after: number): Promise<void> {
    const failures: unknown[] = [];
    for (const id of this.#open.openFor(after)) {
      try {
        await this.#finish(id);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 0) return;
    // What is no refusal of the ledger's is the one to be heard of.
    throw failures.find((failure) => !(failure instanceof LedgerError)) ?? failures[0];
  }

  /** Those on which a command rests: it comes after what they are still to change (ARCHITECTURE, shapes). */
  async finishBefore(command: ParsedCommand): Promise<void> {
    const { store, isOnItsWay, ownerOfContract } = this.#handler;
    for (const id of this.#open.openFor(LEFT_ALONE)) {
      if (id === command.id || isOnItsWay(id)) continue;
      const { event } = await storedIntent(id, store);
      if (await restsOnIntent(command, parseCommand(event.body), ownerOfContract)) await this.#finish(id);
    }
  }

  async #finish(id: string): Promise<void> {
    const { finish, isOnItsWay } = this.#handler;
    if (isOnItsWay(id)) return;
    await finish(id);
    this.#open.forget(id);
  }
}
