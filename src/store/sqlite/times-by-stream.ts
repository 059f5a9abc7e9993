import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../kernel/instant.ts';

/** Under this name the file tells that its log was copied from one in which times are ordered within each stream alone. */
export const TIMES_BY_STREAM = 'times_by_stream_up_to';

/** The latest time of such a log; none where times never decrease along the log. */
export function timesByStreamUpTo(database: DatabaseSync): Instant | undefined {
  const row = database.prepare('SELECT value FROM setting WHERE name = ?').get(TIMES_BY_STREAM);
  return row === undefined ? undefined : String(row.value);
}
