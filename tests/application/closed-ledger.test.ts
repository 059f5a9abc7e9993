import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledger-closed-'));
const store = `sqlite:${join(folder, 'ledger.db')}`;
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([false, true])('a ledger that was closed, read only: %s', (readOnly) => {
  test('says so to every question, and may be closed again', async () => {
    const ledger = await openLedger({ store, readOnly });
    await ledger.close();
    for (const question of [ledger.status(), ledger.registryPage('payers'), ledger.verify(), ledger.eventsBehind()]) {
      await expect(question).rejects.toMatchObject({ code: 'ledger.closed' });
    }
    await ledger.close();
  });
});
