import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import type { Connection } from './connection.ts';
import { LogReader } from './log-reader.ts';
import { ServerLog } from './server-log.ts';
import type { StreamNames } from './stream-names.ts';

/** What in a stream's metadata makes a server leave events out, and a scavenge remove them for good. */
const HIDING = ['$tb', '$maxCount', '$maxAge'] as const;
const READ_AT_ONCE = 1_000;

/**
 * The streams of a ledger, its own and those of its command ids, of which the server hides events, a sentence each. The
 * server's log still holds them until it is scavenged, so that reading the log alone does not tell.
 */
export async function hiddenStreams(connection: Connection, names: StreamNames): Promise<readonly string[]> {
  const log = new ServerLog(connection, {
    pattern: names.metadataPattern,
    streamOf: (name) => names.ofMetadata(name),
  });
  const reader = new LogReader(log, undefined);
  const hiding = new Map<string, readonly string[]>();
  try {
    for (let isEnd = false; !isEnd; ) {
      const read = await reader.next(READ_AT_ONCE);
      for (const event of read.events) {
        const stream = log.streamOf(event);
        // The last metadata of a stream are those that count.
        if (stream !== undefined) hiding.set(stream, hidingMembers(event));
      }
      isEnd = read.isEnd;
    }
  } finally {
    reader.end();
  }
  return [...hiding].flatMap(([stream, members]) =>
    members.length === 0 ? [] : [`stream ${stream}: its metadata have the server hide events: ${members.join(', ')}`],
  );
}

function hidingMembers({ data }: AllStreamRecordedEvent): string[] {
  const metadata: Readonly<Record<string, unknown>> =
    data instanceof Uint8Array ? {} : (data as Readonly<Record<string, unknown>>);
  return HIDING.flatMap((name) => (metadata[name] === undefined ? [] : `${name} ${String(metadata[name])}`));
}
