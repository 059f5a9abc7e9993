import type { NewEvent, StoredEvent } from '../../events/envelope.ts';
import type { ExpectedRevision } from '../event-store.ts';
import { CommandRecordedError } from '../event-store.ts';
import type { Claims } from './claims.ts';
import type { CopiedCommands } from './copied-commands.ts';

/** The command ids of a ledger: those of commands that were given on the server, and of those copied to it. */
export class CommandIds {
  readonly #claims: Claims;
  readonly #copied: CopiedCommands;

  constructor(claims: Claims, copied: CopiedCommands) {
    this.#claims = claims;
    this.#copied = copied;
  }

  /** The event that records a command. */
  async record(commandId: string): Promise<StoredEvent | undefined> {
    return (await this.#claims.record(commandId)) ?? (await this.#copied.record(commandId));
  }

  /**
   * Claims the id for an event that is about to be appended. Errors: {@link CommandRecordedError} when another event
   * records the command, `CommandPendingError` while another stream may still get it.
   */
  async claim(
    commandId: string,
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<void> {
    // Before the claim: one for a command that was copied would never come true, and others would wait for it.
    const known = this.#copied.refresh();
    if (known !== undefined) await known;
    if (this.#copied.mayHave(commandId) && (await this.#copied.record(commandId)) !== undefined) {
      throw new CommandRecordedError(commandId);
    }
    await this.#claims.claim(commandId, stream, expected, events);
  }
}
