import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyFilter } from '../../src/store/sqlite/key-filter.ts';

const PRESENT = Array.from({ length: 3_000 }, (_, index) => index * 3_000_000_000_017 + 5);
const ABSENT = PRESENT.map((key) => key + 1);
let database: DatabaseSync;

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  database.exec(
    'CREATE TABLE command_index (key INTEGER, position INTEGER, PRIMARY KEY (key, position)) WITHOUT ROWID',
  );
  const insert = database.prepare('INSERT INTO command_index VALUES (?, 1)');
  for (const key of PRESENT) insert.run(key);
});
afterEach(() => database.close());

describe('when the filter has not seen every key', () => {
  test('it excludes none', () => {
    const filter = new KeyFilter(database, PRESENT.length);
    filter.excludes(ABSENT[0] ?? 0);
    filter.fill();
    expect([...PRESENT, ...ABSENT].filter((key) => filter.excludes(key))).toEqual([]);
  });
});

describe('when the filter has seen every key', () => {
  test('it excludes none that is there, also of those that came meanwhile, and nearly all others', () => {
    const filter = new KeyFilter(database, PRESENT.length);
    const [came = 0, ...absent] = ABSENT;
    for (let question = 0; question < 1_000; question += 1) filter.excludes(came);
    filter.add(came);
    filter.fill();
    expect([came, ...PRESENT].filter((key) => filter.excludes(key))).toEqual([]);
    expect(absent.filter((key) => filter.excludes(key)).length).toBeGreaterThan(0.95 * absent.length);
  });
});

describe('when there are more keys than it was made for', () => {
  test('it is made anew and still excludes none that is there', () => {
    const filter = new KeyFilter(database, 0);
    const insert = database.prepare('INSERT OR IGNORE INTO command_index VALUES (?, 1)');
    for (let key = 0; key < 1_000_100; key += 1) filter.add(key);
    for (const key of [1, 2, 3]) insert.run(key);
    for (let round = 0; round < 10; round += 1) {
      for (let question = 0; question < 1_000; question += 1) filter.excludes(7);
      filter.fill();
    }
    expect([1, 2, 3, ...PRESENT].filter((key) => filter.excludes(key))).toEqual([]);
    expect(filter.excludes(8)).toBe(true);
  });
});
