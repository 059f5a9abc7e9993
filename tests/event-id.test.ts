import { expect, test } from 'vitest';
import { newEventId } from '../src/events/event-id.ts';

test('ids of events are UUIDs of version 4, none like another, whose draws have nothing in common', () => {
  const ids = Array.from({ length: 10_000 }, newEventId);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id.slice(0, 8))).size).toBeGreaterThan(ids.length / 256);
});
