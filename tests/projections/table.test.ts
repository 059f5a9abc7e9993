import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeldRows } from '../../projections/held-rows.ts';
import type { Place } from '../../projections/table.ts';
import { SMALL, Table } from '../../projections/table.ts';
import type { TableDefinition } from '../../projections/table-definition.ts';
import { columnNames, createIndexes, createOverlay, createTable, GONE } from '../../projections/table-definition.ts';

interface CourseRow {
  readonly courseId: string;
  readonly month: string;
  readonly school: string;
  readonly name: string;
  lessons: number;
  open: number;
}

const courseTable: TableDefinition<CourseRow> = {
  name: 'course',
  key: ['courseId', 'month'],
  columns: {
    courseId: 'TEXT',
    month: 'TEXT',
    school: 'TEXT',
    name: 'TEXT',
    lessons: 'INTEGER',
    open: 'INTEGER',
  },
  changing: { lessons: true, open: true },
  indexes: ['"school"', '"courseId" WHERE "open" = 1'],
};

describe('when a row that stands is edited', () => {
  test('the columns that never change are left as they are in the file', () => {
    const { table, database } = courses({ rows: [row('piano', 3)] });
    database.exec(`UPDATE course SET "name" = 'changed behind the table'`);
    Object.assign(table.edit('piano', 'may'), changed(5));
    table.flush();
    expect(rowsOf(database)).toEqual([{ ...row('piano', 5), name: 'changed behind the table' }]);
  });

  test('a column that an index is over is written where it has changed since it was written last', () => {
    const { table, database } = courses({ rows: [row('piano', 3)] });
    for (const lessons of [4, 6, 7]) {
      Object.assign(table.edit('piano', 'may'), changed(lessons));
      table.flush();
      expect(rowsOf(database)).toEqual([row('piano', lessons)]);
    }
  });

  test('and it has been taken out of the file meanwhile, it stands there whole', () => {
    const { table, database } = courses({ rows: [row('piano', 3)] });
    database.exec('DELETE FROM course');
    Object.assign(table.edit('piano', 'may'), changed(4));
    table.flush();
    expect(rowsOf(database)).toEqual([row('piano', 4)]);
  });
});

describe('when a row is put in the place of one that stands', () => {
  test('every column is written, also where it is edited afterwards', () => {
    const { table, database } = courses({ rows: [row('piano', 3)] });
    table.put({ ...row('piano', 0), name: 'Violin' });
    Object.assign(table.edit('piano', 'may'), changed(7));
    table.flush();
    expect(rowsOf(database)).toEqual([{ ...row('piano', 7), name: 'Violin' }]);
  });
});

describe('whatever is done to rows between one writing and the next', () => {
  test('the file holds what a map of rows would hold, and its indexes the same', () => checkAgainstMap(inOneTable));

  test('so does an overlay together with the file below it', () => checkAgainstMap(inOverlay));
});

/** A file with a view named course, the table in it that the rows at first stand in, and where later ones go. */
interface Made {
  readonly database: DatabaseSync;
  readonly first: string;
  readonly place: Place;
}

const key = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  fc.record({ do: fc.constantFrom('edit', 'editOr', 'put', 'delete'), key, lessons: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constantFrom('write', 'write', 'release unused', 'release', 'lose') }),
);
const given = fc.record({
  standing: fc.uniqueArray(key),
  // With them the table is not held in memory as a whole, and rows are looked for in the file.
  others: fc.constantFrom(0, 0, 0, SMALL + 1),
  steps: fc.array(step, { maxLength: 40 }),
});

function checkAgainstMap(made: () => Made): void {
  const property = fc.property(given, ({ standing, others, steps }) => {
    const rows = standing.map((courseId) => row(courseId, 1));
    const { table, held, database } = courses({ rows, others }, made());
    let written = new Map(rows.map((one) => [one.courseId, one]));
    let now = new Map(written);
    for (const [number, one] of steps.entries()) {
      if ('key' in one) change(table, now, { ...one, number });
      else {
        write(table, database, one.do === 'lose' ? 'ROLLBACK' : 'COMMIT');
        if (one.do === 'lose') now = new Map(written);
        else written = new Map(now);
        if (one.do === 'lose' || one.do === 'release') forget(table, held);
        if (one.do === 'release unused') releaseUnused(table, held, others === 0 ? SMALL : 0);
      }
    }
    write(table, database, 'COMMIT');
    expect(rowsOf(database)).toEqual([...now.values()].sort((a, b) => (a.courseId < b.courseId ? -1 : 1)));
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  });
  fc.assert(property, { numRuns: 200, seed: 20_201_124 });
}

/** Does the same to the table and to the map. */
function change(
  table: Table<CourseRow>,
  rows: Map<string, CourseRow>,
  step: { readonly do: string; readonly key: string; readonly lessons: number; readonly number: number },
): void {
  const fresh = { ...row(step.key, step.lessons), name: `made in step ${step.number}` };
  const known = rows.get(step.key);
  const edited = changed(step.lessons);
  if (step.do === 'put') {
    table.put({ ...fresh });
    rows.set(step.key, fresh);
  } else if (step.do === 'delete') {
    table.delete(step.key, 'may');
    rows.delete(step.key);
  } else if (step.do === 'editOr') {
    const course = table.editOr(() => ({ ...fresh }), step.key, 'may');
    Object.assign(course, edited);
    rows.set(step.key, { ...(known ?? fresh), ...edited });
  } else if (known !== undefined) {
    Object.assign(table.edit(step.key, 'may'), edited);
    rows.set(step.key, { ...known, ...edited });
  }
}

function write(table: Table<CourseRow>, database: DatabaseSync, end: 'COMMIT' | 'ROLLBACK'): void {
  database.exec('BEGIN');
  table.flush();
  database.exec(end);
}

function forget(table: Table<CourseRow>, held: HeldRows): void {
  held.clear();
  table.release();
}

function releaseUnused(table: Table<CourseRow>, held: HeldRows, atLeast: number): void {
  table.beforeRelease();
  held.releaseUnused(atLeast);
}

function courses(
  { rows, others = 0 }: { readonly rows: readonly CourseRow[]; readonly others?: number },
  { database, first, place }: Made = inOneTable(),
) {
  const insert = database.prepare(`INSERT INTO ${first} VALUES (?, ?, ?, ?, ?, ?)`);
  for (const { courseId, month, school, name, lessons, open } of rows) {
    insert.run(courseId, month, school, name, lessons, open);
  }
  database
    .prepare(
      `WITH RECURSIVE others(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM others WHERE number < ?1)
       INSERT INTO ${first} SELECT 'other ' || number, 'may', '', '', 0, 0 FROM others WHERE ?1 > 0`,
    )
    .run(others);
  const held = new HeldRows();
  return { database, held, table: new Table(database, courseTable, place, held) };
}

function inOneTable(): Made {
  const database = new DatabaseSync(':memory:');
  database.exec(createTable(courseTable, 'course') + createIndexes(courseTable, 'course'));
  return { database, first: 'course', place: { read: 'course', write: 'course', overlay: false } };
}

function inOverlay(): Made {
  const database = new DatabaseSync(':memory:');
  database.exec(createTable(courseTable, 'below') + createOverlay(courseTable, 'above'));
  const columns = columnNames(courseTable);
  database.exec(`${createIndexes(courseTable, 'above')}
    CREATE VIEW course AS SELECT ${columns} FROM above WHERE ${GONE} = 0 UNION ALL SELECT ${columns} FROM below
      WHERE NOT EXISTS (SELECT 1 FROM above WHERE above."courseId" = below."courseId" AND above."month" = below."month")`);
  return { database, first: 'below', place: { read: 'course', write: 'above', overlay: true } };
}

function row(courseId: string, lessons: number): CourseRow {
  return { courseId, month: 'may', school: `school of ${courseId}`, name: courseId, ...changed(lessons) };
}

function changed(lessons: number): Pick<CourseRow, 'lessons' | 'open'> {
  return { lessons, open: lessons % 2 };
}

function rowsOf(database: DatabaseSync): CourseRow[] {
  const sql = `SELECT * FROM course WHERE "courseId" NOT LIKE 'other %' ORDER BY "courseId"`;
  const rows = database.prepare(sql).all() as Iterable<object> as CourseRow[];
  return Array.from(rows, (one) => ({ ...one }));
}
