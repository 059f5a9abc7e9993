import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { storeContract } from '../support/store/store-contract.ts';

storeContract('in memory', () => ({ open: () => new MemoryEventStore(), keeps: false, remove: () => undefined }));

storeContract('in an SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-contract-'));
  return {
    open: () => new SqliteEventStore(join(folder, 'ledger.db')),
    keeps: true,
    remove: () => rmSync(folder, { recursive: true }),
  };
});
