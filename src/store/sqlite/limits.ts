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
