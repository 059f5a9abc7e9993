import type { Instant } from '../kernel/instant.ts';
import type { ExpectedState } from './expected-state.ts';
import type { Handled } from './handled.ts';

/** The answer to an accepted command. `replayed` tells that it had been accepted before (SPEC section 9). */
export interface CommandResult extends Handled {
  readonly id: string;
  readonly replayed: boolean;
  /**
   * The revision of the stream the command has changed, after its events. Left out for a command that is remembered in a
   * stream of its own, since it changes several.
   */
  readonly revision?: number;
}

/** How a command is to be taken. */
export interface ExecuteOptions {
  /** The instant at which a command of history was given; it must not lie before the last recorded event. */
  readonly at?: Instant;
  /**
   * The sender has compared `at` with the times of his other commands, in their order. Where the store is shared it is then
   * compared with the command's own streams alone, so that commands may be on their way at the same time.
   */
  readonly inOrder?: boolean;
  /** With `false` the answer does not wait for the disk; whoever asks for that waits for `flush` himself. */
  readonly durable?: boolean;
  /** Who gives the command, where that is known by other means than its body; it is no part of what is compared. */
  readonly by?: string;
  /** Told when a command was recorded that had been accepted before. */
  readonly replayed?: (recordedAt: Instant) => void;
  /** Told how many pairs of a payer and a provider are done, of how many, while invoices are issued. */
  readonly progress?: (done: number, total: number) => void;
  /** What the sender has seen: somebody's events after that refuse the command with `stream.changed`. */
  readonly expected?: ExpectedState;
  /** The provider whose contracts alone are there for a sender that records a lesson; another's is `contract.not_found`. */
  readonly contractsOf?: string;
}
