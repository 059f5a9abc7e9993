/** Opens a ledger without any rights of an administrator and prints how that went: `node nobody-process.ts FILE [MODE]`. */
import { LedgerError } from '../../../src/kernel/errors.ts';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite-event-store.ts';

const NOBODY = 65534;
if (process.getuid?.() === 0) {
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
try {
  const store = new SqliteEventStore(process.argv[2] ?? '', { readOnly: process.argv[3] === 'read' });
  process.stdout.write(JSON.stringify({ events: await store.countAfter() }));
  await store.close();
} catch (error) {
  if (!(error instanceof LedgerError)) throw error;
  process.stdout.write(JSON.stringify({ code: error.code, message: error.message }));
}
