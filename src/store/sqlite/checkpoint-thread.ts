import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { isSqliteError } from './sqlite-error.ts';

/** What the thread is asked: to move what has been committed into the file, or to let go of it. */
export type CheckpointAsked = 'checkpoint' | 'close';

/** How many pages the log held when the checkpoint began; none where it failed, on a full disk for instance. */
export interface CheckpointAnswer {
  readonly log: number | undefined;
}

/** The ledger's file, as a URL that opens it only where it is there. */
const { url } = workerData as { readonly url: string };
const database = new DatabaseSync(new URL(url), { timeout: 5000 });
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort?.on('message', (asked: CheckpointAsked) => {
  if (asked === 'checkpoint') {
    parentPort?.postMessage({ log: logCheckpointed() } satisfies CheckpointAnswer);
    return;
  }
  database.close();
  // Ends the thread alone, also where what the process was started with has begun something in it.
  process.exit();
});

function logCheckpointed(): number | undefined {
  try {
    return Number(checkpoint.get()?.log);
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    return undefined;
  }
}
