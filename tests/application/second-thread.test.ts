import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projections } from '../../projections/all.ts';
import { Folding } from '../../projections/folding.ts';
import { foldPart, foldPartApart, mergePart, shareOf } from '../../projections/halves.ts';
import { digestRows } from '../../projections/row-digest.ts';
import { createTable, quoted } from '../../projections/table-definition.ts';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { sendTown, town } from '../support/town.ts';

const ALONE = Number.POSITIVE_INFINITY;
const ALWAYS = 0;
/** Entries of the town's commands that are never taken, as its log says. */
const REFUSED_IN_THE_END = 6;

/** A contract's lesson in the stream of another certificate, which no command records. */
const FOREIGN_LESSON = `UPDATE event
  SET stream = (SELECT number FROM stream WHERE number % 2 <> event.stream % 2 AND name LIKE 'certificate-%' LIMIT 1),
    revision = 100000
  WHERE position = (SELECT max(position) FROM event WHERE type = 'LessonCharged')`;

let directory = '';
let file = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-threads-'));
  file = join(directory, 'ledger.db');
  await withLedger(ALONE, sendTownWithEarlyLesson);
});
afterAll(() => rmSync(directory, { recursive: true }));

async function withLedger<Answer>(from: number, work: (ledger: Ledger) => Promise<Answer>, of = file): Promise<Answer> {
  const ledger = await openLedger({ store: `sqlite:${of}`, secondThreadFrom: from });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/**
 * Sends the town's commands, and before a lesson of many children the same lesson on the day before it: every entry is
 * refused, to be taken when the lesson comes.
 */
async function sendTownWithEarlyLesson(ledger: Ledger): Promise<void> {
  const lesson = town.findIndex(({ command, attendance, date }, index) => {
    const isLarge = command === 'recordLesson' && (attendance as unknown[]).length > 5;
    return isLarge && String(town[index - 1]?.at) < `${date}`;
  });
  const { at: _, ...early } = town[lesson] as (typeof town)[number];
  await sendTown(ledger, 0, lesson);
  await ledger.executeUnknown({ ...early, id: 'early' }, { at: String(town[lesson - 1]?.at) });
  expect(await refusals(ledger)).toBeGreaterThan(5);
  await sendTown(ledger, lesson, town.length);
}

/** How many entries stand refused. */
async function refusals(ledger: Ledger): Promise<number> {
  let count = 0;
  for await (const _ of ledger.registry('refusals')) count += 1;
  return count;
}

/** Changes a copy of the file behind the ledger's back. */
function tampered(sql: string): string {
  const copy = join(directory, 'tampered.db');
  copyFileSync(file, copy);
  const database = new DatabaseSync(copy);
  database.exec(sql);
  database.close();
  return copy;
}

describe('verify on two threads', () => {
  test('says the same as on one, also of an earlier digest', async () => {
    const alone = await withLedger(ALONE, (ledger) => ledger.verify());
    expect(alone).toMatchObject({ ok: true, findings: [] });
    const { position, digest } = alone;
    const both = await withLedger(ALWAYS, (ledger) => ledger.verify({ position, digest }));
    expect(both).toEqual(alone);
    const other = await withLedger(ALWAYS, (ledger) => ledger.verify({ position, digest: 'another' }));
    expect(other.findings).toEqual([`what stood at position ${position} has changed: its digest is not another`]);
  });

  test('finds an event, a hash and a head that were changed, in the same words', async () => {
    const changed = tampered(`UPDATE event SET data = data || ' ' WHERE position = 900;
      UPDATE event SET hash = substr(hash, 2) || 'A' WHERE position = 1000;
      UPDATE stream SET revision = revision + 1 WHERE number = 7`);
    const both = await withLedger(ALWAYS, (ledger) => ledger.verify(), changed);
    expect(both.findings.join()).toMatch(/position 900: the event .* position 1000: the event .*stream .* ends at/s);
    expect(both).toEqual(await withLedger(ALONE, (ledger) => ledger.verify(), changed));
  });

  test('says what cannot be replayed as on one, where the parts of the streams are not apart', async () => {
    const changed = tampered(FOREIGN_LESSON);
    const both = await withLedger(ALWAYS, (ledger) => ledger.verify(), changed);
    expect(both.findings.length).toBeGreaterThan(0);
    expect(both).toEqual(await withLedger(ALONE, (ledger) => ledger.verify(), changed));
  });

  test('finds what breaks a rule within a stream, and over several streams, as on one', async () => {
    const changed = tampered(
      `UPDATE event SET data = replace(data, '"amount":"', '"amount":"9') WHERE position =
         (SELECT max(position) FROM event WHERE type = 'LessonCharged')`,
    );
    const both = await withLedger(ALWAYS, (ledger) => ledger.verify(), changed);
    expect(both.findings.join()).toMatch(/after command/);
    expect(both).toEqual(await withLedger(ALONE, (ledger) => ledger.verify(), changed));
  });

  test('stops at an event of a stream that is not there, and says so once', async () => {
    const changed = tampered('UPDATE event SET stream = 99999 WHERE position = 900');
    const { findings } = await withLedger(ALWAYS, (ledger) => ledger.verify(), changed);
    expect(findings.filter((finding) => finding.includes('what follows'))).toHaveLength(1);
  });
});

describe('a rebuild on two threads', () => {
  test('is also begun by a program given as text', () => {
    const copy = tampered('');
    const program = `import { openLedger } from '${new URL('../../src/index.ts', import.meta.url)}';
      const ledger = await openLedger({ store: 'sqlite:${copy}', secondThreadFrom: 0 });
      console.log((await ledger.rebuild({ projection: 'payers' })).length);
      await ledger.close();`;
    const answer = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    expect(answer).toBe('1\n');
  });

  test('comes to the same digests as on one, refusals settled in the other half included', async () => {
    const alone = await withLedger(ALONE, (ledger) => ledger.rebuild());
    const both = await withLedger(ALWAYS, (ledger) => ledger.rebuild());
    expect(both).toEqual(alone);
    expect(both.every(({ unchanged }) => unchanged)).toBe(true);
    expect(await withLedger(ALONE, refusals)).toBe(REFUSED_IN_THE_END);
  });

  test('that is interrupted leaves the old tables, and nothing beside the file', async () => {
    const before = await withLedger(ALONE, (ledger) => ledger.rebuild());
    const interrupted = withLedger(ALWAYS, (ledger) =>
      ledger.rebuild({
        progress: () => {
          throw new Error('interrupted');
        },
      }),
    );
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(readdirSync(directory).filter((name) => name.includes('half'))).toEqual([]);
    expect(await withLedger(ALONE, (ledger) => ledger.rebuild())).toEqual(before);
  });

  test('falls back to one thread where the halves are not apart', async () => {
    const changed = tampered(FOREIGN_LESSON);
    const digests = async (from: number) => {
      const rebuilt = await withLedger(from, (ledger) => ledger.rebuild(), changed);
      return rebuilt.map(({ digest }) => digest);
    };
    expect(await digests(ALWAYS)).toEqual(await digests(ALONE));
  });
});

describe('the parts of a log', () => {
  test.for([1, 3])(
    'in %d pairs, merged, are the whole of it, although invoices and refusals stand apart from their lessons',
    async (pairs) => {
      const store = new SqliteEventStore(file, { readOnly: true });
      const upTo = (await store.last())?.position ?? '';
      const whole = newTables();
      for (const event of (await store.scan({ limit: 100_000 })).events) whole.folding.fold(event);
      whole.folding.flush();

      const [first, ...others] = (await store.divide(pairs)).flat();
      if (first === undefined) throw new Error('the log has no parts');
      const merged = newTables();
      const write = () => merged.folding.flush();
      await foldPart(store, merged.folding, { share: shareOf(first, projections), upTo, write });
      write();
      const rowsOfFirst = digestsOf(merged.database);
      const names = projections.map(({ name }) => name);
      for (const [index, part] of others.entries()) {
        const apart = join(directory, `${pairs}-${index}.db`);
        await foldPartApart(store, { projections: names, part, upTo, file: apart });
        merged.database.prepare('ATTACH ? AS other').run(apart);
        for (const table of projections.flatMap(({ tables }) => tables)) {
          mergePart(merged.database, table, { into: quoted(table.name), from: 'other' });
        }
        merged.database.exec('DETACH other');
      }
      expect(digestsOf(merged.database)).toEqual(digestsOf(whole.database));
      expect(rowsOfFirst).not.toEqual(digestsOf(whole.database));
      await store.close();
    },
  );
});

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
