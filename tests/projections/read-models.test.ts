import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { sendTown, town } from '../support/town.ts';

let directory = '';
let file = '';
const opened: Ledger[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-models-'));
  file = join(directory, 'ledger.db');
});

afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close();
  rmSync(directory, { recursive: true });
});

describe('a ledger opened for questions alone', () => {
  test('sees what the writer beside it has committed, folded or not, and follows it', async () => {
    const writer = await open();
    await sendTown(writer, 0, 1500);
    await collect(writer.invoices());
    await sendTown(writer, 1500, 3000);
    const reader = await open({ readOnly: true });
    expect(await answers(reader)).toEqual(await answers(writer));
    await sendTown(writer, 3000, town.length);
    expect(await answers(reader)).toEqual(await answers(writer));
    expect(await reader.verify()).toMatchObject({ ok: true, findings: [] });
  });

  test('leaves the file as it is, also when everything has to be folded', async () => {
    await closed(async (writer) => sendTown(writer, 0, 2000));
    forget();
    const before = contentOf(file);
    const reader = await open({ readOnly: true });
    const [first] = await collect(reader.invoices());
    expect(first).toMatchObject({ status: expect.any(String) });
    await closeAll();
    expect(contentOf(file)).toEqual(before);
  });

  test('takes no command and builds nothing', async () => {
    await closed(async (writer) => sendTown(writer, 0, 10));
    const reader = await open({ readOnly: true });
    const command = { command: 'registerPayer', id: 'new', payerId: 'new', name: 'Новый' } as const;
    await expect(reader.execute(command)).rejects.toMatchObject({ code: 'ledger.read_only' });
    await expect(reader.rebuild()).rejects.toMatchObject({ code: 'ledger.read_only' });
  });

  test('a store that nobody has written cannot be only read', async () => {
    await expect(openLedger({ store: `sqlite:${file}`, readOnly: true })).rejects.toMatchObject({
      code: 'store.unreadable',
    });
    await expect(openLedger({ store: 'memory:', readOnly: true })).rejects.toMatchObject({ code: 'query.invalid' });
  });
});

describe('read models in a file of their own', () => {
  test('can be deleted at any time', async () => {
    const readModels = join(directory, 'read-models.db');
    let before: unknown;
    await closed(
      async (ledger) => {
        await sendTown(ledger, 0, town.length);
        before = await answers(ledger);
      },
      { readModels },
    );
    rmSync(readModels);
    const ledger = await open({ readModels });
    expect(await answers(ledger)).toEqual(before);
  });

  test('that belong to another ledger are not believed', async () => {
    const readModels = join(directory, 'read-models.db');
    await closed(async (ledger) => sendTown(ledger, 0, town.length), { readModels });
    rmSync(file);
    rmSync(`${file}-wal`, { force: true });
    const another = await open({ readModels });
    await sendTown(another, 0, 40);
    expect(await collect(another.balances())).toEqual([]);
    expect(await another.verify()).toMatchObject({ ok: true });
  });

  test('of an earlier state of the log are folded on, of a later state than the restored log folded anew', async () => {
    const readModels = join(directory, 'read-models.db');
    await closed(async (ledger) => sendTown(ledger, 0, 1000), { readModels });
    copyFileSync(file, join(directory, 'backup.db'));
    await closed(async (ledger) => sendTown(ledger, 1000, 2000), { readModels });
    copyFileSync(join(directory, 'backup.db'), file);
    const restored = await open({ readModels });
    expect(await restored.verify()).toMatchObject({ ok: true, findings: [] });
  });
});

describe('a rebuild', () => {
  test('ends in the same rows, beside commands that come meanwhile', async () => {
    const ledger = await open();
    await sendTown(ledger, 0, 2500);
    const [rebuilt] = await Promise.all([ledger.rebuild(), sendTown(ledger, 2500, town.length)]);
    expect(rebuilt.map(({ projection, unchanged }) => ({ projection, unchanged }))).toEqual(
      ['payers', 'providers', 'agreements', 'programmes', 'certificates', 'billing', 'attendance', 'commands'].map(
        (projection) => ({
          projection,
          unchanged: true,
        }),
      ),
    );
    expect(await ledger.verify()).toMatchObject({ ok: true, findings: [] });
  });

  test('mends a row that was changed behind the ledger, which verify has named', async () => {
    await closed(async (ledger) => sendTown(ledger, 0, town.length));
    const [row] = ask<{ certificateId: string; periodId: string }>('SELECT "certificateId", "periodId" FROM balance');
    change(
      `UPDATE "${tableOf('balance')}" SET "available" = "available" + 1 WHERE "certificateId" = '${row?.certificateId}'
        AND "periodId" = '${row?.periodId}'`,
    );
    const ledger = await open();
    const { ok, findings } = await ledger.verify();
    expect(ok).toBe(false);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(`read model balance, row ${row?.certificateId}, ${row?.periodId} `);
    const [certificates] = await ledger.rebuild({ projection: 'certificates' });
    expect(certificates).toMatchObject({ projection: 'certificates', unchanged: false });
    expect(await ledger.verify()).toMatchObject({ ok: true, findings: [] });
  });

  test('that is interrupted leaves the live tables, and the next opening takes its own away', async () => {
    await closed(async (ledger) => sendTown(ledger, 0, 500));
    change('CREATE TABLE "balance@99" ("half" TEXT)');
    const ledger = await open();
    expect(await ledger.verify()).toMatchObject({ ok: true });
    await closeAll();
    expect(ask("SELECT name FROM sqlite_schema WHERE name LIKE '%@99'")).toEqual([]);
  });

  test('happens by itself when the tables are of another version', async () => {
    await closed(async (ledger) => sendTown(ledger, 0, town.length));
    change(`UPDATE read_model SET version = 0; DELETE FROM "${tableOf('invoice')}"`);
    const reader = await open({ readOnly: true });
    expect(await collect(reader.invoices())).not.toEqual([]);
    await closeAll();
    const writer = await open();
    expect(await writer.verify()).toMatchObject({ ok: true, findings: [] });
  });

  test('of a projection that is not there names those that are', async () => {
    const ledger = await open();
    await expect(ledger.rebuild({ projection: 'balances' })).rejects.toMatchObject({
      code: 'projection.not_found',
      message: expect.stringContaining('certificates, billing'),
    });
  });
});

async function open(options: { readonly readOnly?: boolean; readonly readModels?: string } = {}): Promise<Ledger> {
  const ledger = await openLedger({ store: `sqlite:${file}`, ...options });
  opened.push(ledger);
  return ledger;
}

async function closed(
  work: (ledger: Ledger) => Promise<void>,
  options: { readonly readModels?: string } = {},
): Promise<void> {
  await work(await open(options));
  await closeAll();
}

async function closeAll(): Promise<void> {
  for (const ledger of opened.splice(0)) await ledger.close();
}

/** Takes the read models out of the file, as if it came from a process that had none. */
function forget(): void {
  change('UPDATE read_model SET version = 0');
}

function change(sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function ask<Row>(sql: string): Row[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare(sql).all() as Row[];
  database.close();
  return rows;
}

function tableOf(name: string): string {
  const [table] = ask<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '${name}@%'`,
  );
  return table?.name ?? '';
}

function contentOf(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const rows = tables.map(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all());
  database.close();
  return { tables, rows };
}

async function answers(ledger: Ledger): Promise<unknown> {
  const check = await ledger.invoicesCheck('2020-10', { on: '2020-11-01' });
  return { balances: await collect(ledger.balances()), invoices: await collect(ledger.invoices()), check };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
