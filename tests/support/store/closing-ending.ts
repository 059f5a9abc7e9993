import { SqliteEventStore } from '../../../src/store/sqlite/sqlite-event-store.ts';
import { newEvent } from './stored-forms.ts';

/** Commits until a thread has been asked to move the log, closes the store, and ends by itself whatever else is there. */
const [, , file = '', appends = ''] = process.argv;
const store = new SqliteEventStore(file);
for (let number = 0; number < Number(appends); number += 1) {
  await store.append(`stream ${number}`, -1, [newEvent()]);
  await store.flush();
}
await new Promise((resolve) => setTimeout(resolve, 600));
await store.close();
process.stdout.write('has closed\n');
process.exit();
