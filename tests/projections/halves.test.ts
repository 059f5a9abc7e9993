import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projections } from '../../projections/all.ts';
import { Folding } from '../../projections/folding.ts';
import { foldHalf, foldHalfBeside, mergeHalf, shareOf } from '../../projections/halves.ts';
import { digestRows } from '../../projections/row-digest.ts';
import { createTable, quoted } from '../../projections/table-definition.ts';
import { openLedger } from '../../src/index.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { sendTown, town } from '../support/town.ts';

let directory = '';
let file = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-halves-'));
  file = join(directory, 'ledger.db');
  const ledger = await openLedger({ store: `sqlite:${file}` });
  await sendTown(ledger, 0, town.length);
  await ledger.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

function newTables(): { database: DatabaseSync; folding: Folding } {
  const database = new DatabaseSync(':memory:');
  for (const table of projections.flatMap(({ tables }) => tables))
    database.exec(createTable(table, quoted(table.name)));
  const place = (table: string) => ({ read: quoted(table), write: quoted(table), overlay: false });
  return { database, folding: new Folding(database, projections, place) };
}

function digestsOf(database: DatabaseSync): unknown[] {
  return projections.map((projection) => digestRows(database, projection, (table) => table));
}

describe('the halves of a log', () => {
  test('merged are the whole of it, although invoices and refusals stand apart from the lessons they are about', async () => {
    const store = new SqliteEventStore(file, { readOnly: true });
    const upTo = (await store.last())?.position ?? '';
    const whole = newTables();
    for (const event of (await store.scan({ limit: 100_000 })).events) whole.folding.fold(event);
    whole.folding.flush();

    const half = newTables();
    const beside = join(directory, 'half.db');
    const write = () => half.folding.flush();
    await foldHalf(store, half.folding, { share: shareOf(0, projections), upTo, write });
    write();
    const rowsHere = digestsOf(half.database);
    await foldHalfBeside(store, { projections: projections.map(({ name }) => name), upTo, file: beside });
    half.database.prepare('ATTACH ? AS other').run(beside);
    for (const table of projections.flatMap(({ tables }) => tables)) {
      mergeHalf(half.database, table, { into: quoted(table.name), from: 'other' });
    }
    expect(digestsOf(half.database)).toEqual(digestsOf(whole.database));
    expect(rowsHere).not.toEqual(digestsOf(whole.database));
    await store.close();
  });
});
