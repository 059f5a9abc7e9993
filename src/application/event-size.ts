/** An event stays under 256 KiB (ARCHITECTURE, shapes); its other fields get the rest. */
const LIST_AT_MOST = 200 * 1024;

/** Cuts a list into parts, each small enough for one event; an empty list is one empty part. */
export function inChunks<Item>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [[]];
  let size = 0;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (size + bytes > LIST_AT_MOST && size > 0) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(item);
    size += bytes;
  }
  return parts;
}
