import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread is asked: to move what has been committed into the file, or to let go of it. */
export type CheckpointAsked = 'checkpoint' | 'close';

/** How many pages the log held when the checkpoint began, of which so many are in the file now. */
export interface CheckpointAnswer {
  readonly log: number;
  readonly checkpointed: number;
}

/** The ledger's file, as a URL that opens it only where it is there. */
const { url } = workerData as { readonly url: string };
const database = new DatabaseSync(new URL(url), { timeout: 5000 });
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort?.on('message', (asked: CheckpointAsked) => {
  if (asked === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  const { log, checkpointed } = checkpoint.get() ?? {};
  parentPort?.postMessage({ log: Number(log), checkpointed: Number(checkpointed) } satisfies CheckpointAnswer);
});
