import type { StreamHeads } from '../stream-heads.ts';

/** As many as help; a copy that went wrong altogether differs in every stream. */
const LISTED_AT_MOST = 20;

/** In which streams two logs differ, by their last revisions and the links of their chains there. */
export function differencesBetweenHeads(source: StreamHeads, target: StreamHeads): readonly string[] {
  const differences: string[] = [];
  const compare = (stream: string) => {
    const [there, here] = [placeIn(source, stream), placeIn(target, stream)];
    if (there !== here) differences.push(`stream ${stream}: ${there} in the source, ${here} in the target`);
  };
  for (const stream of source.streams()) compare(stream);
  for (const stream of target.streams()) if (source.revisionOf(stream) < 0) compare(stream);
  const more = differences.length - LISTED_AT_MOST;
  return more > 0 ? [...differences.slice(0, LISTED_AT_MOST), `and ${more} streams more`] : differences;
}

function placeIn(heads: StreamHeads, stream: string): string {
  const revision = heads.revisionOf(stream);
  return revision < 0 ? 'not there' : `revision ${revision}, hash ${heads.hashOf(stream)}`;
}
