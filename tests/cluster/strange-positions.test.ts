import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';
import { NO_STREAM } from '../../src/store/event-store.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { trialLedger, trialPrefix } from '../support/cluster/trial.ts';
import { newEvent } from '../support/store/stored-forms.ts';

const address = process.env.KURRENTDB_URL;

describe.skipIf(address === undefined)('a position at which the server has no event (KURRENTDB_URL)', () => {
  let store: KurrentDbEventStore;
  let inTheMiddle: string;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-positions-'));
    store = new KurrentDbEventStore(address ?? '', { prefix: trialPrefix('positions') });
    await store.append('s', NO_STREAM, [newEvent()]);
    const commit = BigInt((await store.last())?.position.split('/')[0] ?? '') - 3n;
    inTheMiddle = `${commit}/${commit}`;
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  test('is no event, and nothing can be asked after it', async () => {
    expect(await store.at(inTheMiddle)).toBeUndefined();
    expect(await store.countAfter(inTheMiddle)).toBeNaN();
    const refused = { code: 'query.invalid' };
    await expect(store.readAll({ after: inTheMiddle, limit: 10 })).rejects.toMatchObject(refused);
    await expect(followed(inTheMiddle)).rejects.toMatchObject(refused);
  }, 15_000);

  test('in a file of read models from another server has them built anew', async () => {
    const readModels = join(folder, 'read-models.db');
    const elsewhere = await openLedger({ store: trialLedger(address ?? '', 'elsewhere'), readModels });
    await elsewhere.execute({ command: 'registerPayer', id: 'p', payerId: 'uo', name: 'Управление' });
    await elsewhere.registryPage('payers');
    await elsewhere.close();
    const file = new DatabaseSync(readModels);
    file.prepare('UPDATE read_model_checkpoint SET position = ?').run(inTheMiddle);
    file.close();
    const ledger = await openLedger({ store: trialLedger(address ?? '', 'here'), readModels });
    expect((await ledger.registryPage('payers')).items).toEqual([]);
    await ledger.close();
  }, 30_000);

  async function followed(after: string): Promise<void> {
    for await (const _ of store.followed.follow({ after, signal: AbortSignal.timeout(5_000) })) return;
  }
});
