import { SqliteEventStore } from '../../../src/store/sqlite/sqlite-event-store.ts';
import { newEvent } from './stored-forms.ts';

/** Commits until a thread has long been asked to move the log. Told to close, it closes the store and exits; else it only ends. */
const [, , file = '', appends = '', ending = ''] = process.argv;
const store = new SqliteEventStore(file);
for (let number = 0; number < Number(appends); number += 1) {
  await store.append(`stream ${number}`, -1, [newEvent()]);
  await store.flush();
}
await new Promise((resolve) => setTimeout(resolve, 600));
if (ending === 'close') {
  await store.close();
  process.stdout.write('has closed\n');
  process.exit();
}
process.stdout.write('has appended\n');
