import type { Instant } from '../kernel/instant.ts';

/** What is known about an event besides what happened. */
export interface EventMetadata {
  /** When the ledger learned it; never decreases along the log (SPEC section 2). */
  readonly recordedAt: Instant;
  readonly commandId: string;
  /** SHA-256 of the command's body, on the event that is the command's record (SPEC section 9). */
  readonly bodyDigest?: string;
  /** Who gave the command; discloses a person. */
  readonly by?: string;
}

/** An event on its way into a store. `metadata` and `data` are the canonical JSON texts that the hash covers. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly metadata: string;
  readonly data: string;
  /** The link of the stream's hash chain. */
  readonly hash: string;
  /** Set on the event that is the record of a command, so that a store can find it by the command's id. */
  readonly recordOf?: string;
}

/** An event as a store gives it back. */
export interface StoredEvent {
  readonly position: Position;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly metadata: string;
  readonly data: string;
  readonly hash: string;
}

/** A place in the log of one store. Opaque: only the store that gave it can compare or resume from it. */
export type Position = string;
