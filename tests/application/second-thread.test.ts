import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { sendTown, town } from '../support/town.ts';

const ALONE = Number.POSITIVE_INFINITY;
const ALWAYS = 0;

let directory = '';
let file = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-threads-'));
  file = join(directory, 'ledger.db');
  await withLedger(ALONE, (ledger) => sendTown(ledger, 0, town.length));
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

  test('stops at an event of a stream that is not there, and says so once', async () => {
    const changed = tampered('UPDATE event SET stream = 99999 WHERE position = 900');
    const { findings } = await withLedger(ALWAYS, (ledger) => ledger.verify(), changed);
    expect(findings.filter((finding) => finding.includes('what follows'))).toHaveLength(1);
  });
});
