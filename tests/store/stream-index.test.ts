import type { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { EventRow } from '../../src/store/sqlite/event-statements.ts';
import { prepareEventStatements } from '../../src/store/sqlite/event-statements.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { StreamIndex } from '../../src/store/sqlite/stream-index.ts';

/** Two streams, 1 and 2, whose events stand in turn at the positions 1 to 8. */
function filled(): { database: DatabaseSync; index: StreamIndex } {
  const database = openDatabase(':memory:', { readOnly: false });
  const statements = prepareEventStatements(database);
  const at = (position: number) => statements.at.get(position) as EventRow | undefined;
  const index = new StreamIndex({ statements, at });
  const insert = database.prepare("INSERT INTO event VALUES (?, ?, ?, ?, 'type', '{}', '{}', 'hash', 0, 0)");
  for (let position = 1; position <= 8; position += 1) {
    const [stream, revision] = [2 - (position % 2), Math.ceil(position / 2) - 1];
    insert.run(position, stream, revision, `id-${position}`);
    index.add(stream, revision, position);
  }
  return { database, index };
}

const positionsOf = (index: StreamIndex, stream: number, from = 0, limit = -1) =>
  index.read(stream, from, limit).map(([position]) => position);

test('a reader that lets go of what a writer has sorted in still finds every event, each once', () => {
  const { database, index } = filled();
  // The writer has sorted in the events up to position 5, and is about to write that the sixth is in as well.
  for (const [stream, revision, position] of [
    [1, 0, 1],
    [1, 1, 3],
    [1, 2, 5],
    [2, 0, 2],
    [2, 1, 4],
    [2, 2, 6],
  ] as const) {
    database.prepare('INSERT INTO stream_index VALUES (?, ?, ?)').run(stream, revision, position);
  }
  index.removeUpTo(5);
  expect(index.waiting).toBe(3);
  expect([positionsOf(index, 1), positionsOf(index, 2)]).toEqual([
    [1, 3, 5, 7],
    [2, 4, 6, 8],
  ]);
  expect([positionsOf(index, 2, 1, 2), positionsOf(index, 2, 3), positionsOf(index, 1, 4)]).toEqual([[4, 6], [8], []]);
});
