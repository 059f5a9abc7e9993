/** How many entries wait in memory before they are sorted into the file. */
export const WAITING_AT_MOST = 100_000;
/** A reader beside a writer lets go of what has been sorted in when so many events wait in its memory. */
export const WAITING_BESIDE_A_WRITER = 4 * WAITING_AT_MOST;
/** How many entries one batch sorts in, so that no commit has a long tail. */
export const SLICE = 2_000;
/** How many streams are remembered by name; the rest is looked up again. */
export const REMEMBERED = 200_000;
/** Room for growth, so that a filter of keys is seldom made anew. */
export const KEYS_AT_LEAST = 500_000;

/** When the log of SQLite is checkpointed, in pages and milliseconds. */
export interface CheckpointLimits {
  /** How often it is looked at while there are commits; without one in between the ledger is quiet. */
  readonly pause: number;
  /** A quiet ledger leaves fewer alone. */
  readonly quiet: number;
  /** A busy one leaves fewer alone. */
  readonly busy: number;
  /** So many the writer moves itself, rather than begin a thread for them. */
  readonly byItself: number;
  /** A log so long is brought to its beginning again. */
  readonly long: number;
  /** A log so long is checkpointed by the commit that finds it so, where there is no thread. */
  readonly alone: number;
  /** The same where there is one, which then has not come to it for long. */
  readonly beside: number;
}

/** Long enough that a page which many commits touch is written once. */
export const CHECKPOINTS: CheckpointLimits = {
  pause: 100,
  quiet: 50,
  busy: 4_000,
  byItself: 500,
  long: 8_000,
  alone: 10_000,
  beside: 40_000,
};
