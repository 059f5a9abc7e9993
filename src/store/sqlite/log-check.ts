/** What the running check of the log is before its first event. */
export const LOG_CHECK_START = 0;

/**
 * The running check of the log after an event: it covers the hashes of all events up to this one in their order, so that
 * an event which was exchanged, moved or taken out with everything renumbered shows even where its stream's head is not
 * in the file yet. 53 bits, against damage and careless hands; against a forger there is the digest of `verify`.
 */
export function nextLogCheck(before: number, hash: string): number {
  let high = Math.floor(before / 4294967296) ^ 0x9e3779b9;
  let low = before | 0;
  for (let index = 0; index < hash.length; index += 1) {
    const unit = hash.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
