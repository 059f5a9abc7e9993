/** Appends to a ledger's file for ever, or until it is killed: `node writer-process.ts FILE`. */
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite-event-store.ts';
import { newEvent } from './stored-forms.ts';

const store = new SqliteEventStore(process.argv[2] ?? '');
for (let revision = ((await store.head('busy'))?.revision ?? -1) as number; ; revision += 1) {
  await store.append('busy', revision, [newEvent({ id: `busy-${revision + 1}`, recordOf: `command-${revision + 1}` })]);
  await store.flush();
  process.stdout.write(`${revision + 1}\n`);
  // What a full pipe did not take is written only when the event loop comes round.
  await new Promise((resolve) => setImmediate(resolve));
}
