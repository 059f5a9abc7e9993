import { mixedText } from './mixed-text.ts';

/** What the running check of the log is before its first event. */
export const LOG_CHECK_START = 0;

/**
 * The running check of the log after an event: it covers the hashes of all events up to this one in their order, so that
 * an event which was exchanged, moved or taken out with everything renumbered shows even where its stream's head is not
 * in the file yet. 53 bits, against damage and careless hands; against a forger there is the digest of `verify`.
 */
export function nextLogCheck(before: number, hash: string): number {
  return mixedText(hash, { high: Math.floor(before / 4294967296) ^ 0x9e3779b9, low: before | 0 });
}
