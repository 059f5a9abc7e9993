import { expect, test } from 'vitest';
import { CallerCounts } from '../../api/http/service/caller-counts.ts';

test('requests are counted per caller until their window is over', () => {
  const counts = new CallerCounts(1_000, 10);
  expect(counts.add('a', 5)).toEqual({ count: 1, endsIn: 1_000 });
  expect(counts.add('a', 1_004)).toEqual({ count: 2, endsIn: 1 });
  expect(counts.add('b', 1_004).count).toBe(1);
  expect(counts.add('a', 1_005)).toEqual({ count: 1, endsIn: 1_000 });
});

test('the caller whose window has begun first makes room for another', () => {
  const counts = new CallerCounts(1_000, 2);
  counts.add('a', 0);
  counts.add('b', 10);
  counts.add('a', 1_000);
  counts.add('c', 1_001);
  expect(counts.add('a', 1_002).count).toBe(2);
  expect(counts.add('b', 1_003).count).toBe(1);
});
