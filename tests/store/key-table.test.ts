import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyTable } from '../../src/store/sqlite/key-table.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;
/** Many that share a slot, and some that are alike. */
const keys = fc.oneof(
  fc.integer({ min: 0, max: LARGEST }),
  fc.integer({ min: 0, max: 20 }).map((part) => part * 4_294_967_296 + 7),
  fc.constantFrom(0, 1, LARGEST, LARGEST - 1),
);

test('every key finds its positions, and all of them come out by key', () => {
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 200 }), fc.array(keys), (added, absent) => {
      const table = new KeyTable();
      const model = new Map<number, number[]>();
      for (const [index, key] of added.entries()) {
        table.add(key, index + 1);
        model.set(key, [...(model.get(key) ?? []), index + 1]);
      }
      expect(table.size).toBe(added.length);
      for (const key of [...added, ...absent]) expect(table.positionsOf(key)).toEqual(model.get(key) ?? []);
      const sorted = table.sorted();
      const inOrder = [...model]
        .sort(([a], [b]) => a - b)
        .flatMap(([key, at]) => at.map((position) => [key, position]));
      expect(Array.from(sorted.keys, (key, index) => [key, sorted.positions[index]])).toEqual(inOrder);
    }),
  );
});

test('a table that has grown many times has lost nothing', () => {
  const table = new KeyTable();
  const key = (index: number) => (index * 6_700_417_000_003) % LARGEST;
  for (let index = 1; index <= 20_000; index += 1) table.add(key(index), index);
  for (let index = 1; index <= 20_000; index += 1) expect(table.positionsOf(key(index))).toEqual([index]);
  expect(table.positionsOf(key(20_001))).toEqual([]);
  expect(table.sorted().keys).toEqual(Float64Array.from({ length: 20_000 }, (_, index) => key(index + 1)).sort());
});
