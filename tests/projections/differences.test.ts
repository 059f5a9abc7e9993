import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { differencesBetween } from '../../projections/differences.ts';
import type { TableDefinition } from '../../projections/table-definition.ts';
import { createTable, quoted } from '../../projections/table-definition.ts';

interface PlaceRow {
  readonly town: string;
  readonly street: string;
  residents: number;
}

const places: TableDefinition<PlaceRow> = {
  name: 'place',
  key: ['town', 'street'],
  columns: { town: 'TEXT', street: 'TEXT', residents: 'INTEGER' },
};

/** More than two pages of rows, and one town over the edge of the first page. */
const TOWNS = 3;
const STREETS = 1_501;

let has: DatabaseSync;
let wants: DatabaseSync;

beforeEach(() => {
  [has, wants] = [filled(), filled()];
});
afterEach(() => {
  has.close();
  wants.close();
});

describe('when the rows of a read model are compared with those of a replay', () => {
  test('equal ones are no difference, however many there are', () => {
    expect(differencesBetween(places, has, wants, 10)).toEqual([]);
  });

  test.each([
    [0, 0],
    [1, 498],
    [1, 499],
    [1, 500],
    [2, 1_500],
  ])('a row that was changed is named wherever it stands (%i, %i)', (town, street) => {
    has.exec(`UPDATE place SET residents = 7 WHERE town = 't${town}' AND street = '${four(street)}'`);
    expect(differencesBetween(places, has, wants, 10)).toEqual([
      `read model place, row t${town}, ${four(street)} is not what the log says: residents 7 instead of ${street}`,
    ]);
  });

  test('rows that are missing and rows that nobody made are named, in their order', () => {
    has.exec("DELETE FROM place WHERE town = 't1' AND street IN ('0499', '0500')");
    has.exec("INSERT INTO place VALUES ('t1', '0498a', 1), ('t9', '0000', 1)");
    expect(differencesBetween(places, has, wants, 10)).toEqual([
      'read model place, row t1, 0498a is not in the log',
      'read model place, row t1, 0499 is missing',
      'read model place, row t1, 0500 is missing',
      'read model place, row t9, 0000 is not in the log',
    ]);
  });

  test('of a table that has lost all its rows no more are named than were asked for', () => {
    has.exec('DELETE FROM place');
    expect(differencesBetween(places, has, wants, 2)).toEqual([
      'read model place, row t0, 0000 is missing',
      'read model place, row t0, 0001 is missing',
    ]);
  });
});

function filled(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(createTable(places, quoted(places.name)));
  const insert = database.prepare('INSERT INTO place VALUES (?, ?, ?)');
  database.exec('BEGIN');
  for (let town = 0; town < TOWNS; town += 1) {
    for (let street = 0; street < STREETS; street += 1) insert.run(`t${town}`, four(street), street);
  }
  database.exec('COMMIT');
  return database;
}

function four(street: number): string {
  return String(street).padStart(4, '0');
}
