import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { heldOf } from './checkpointed.ts';
import { isSqliteError } from './sqlite-error.ts';

/** What the thread is asked: to move what has been committed into the file, or to let go of it. */
export type CheckpointAsked = 'checkpoint' | 'close';

/** What a checkpoint has come to. */
export interface CheckpointAnswer {
  /** How many pages the log held when it began; none where it failed, on a full disk for instance. */
  readonly log: number | undefined;
  /** How many of them it could not move. */
  readonly held: number;
}

/** The ledger's file, as a URL that opens it only where it is there. */
const { url } = workerData as { readonly url: string };
const database = new DatabaseSync(new URL(url), { timeout: 5000 });
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort?.on('message', (asked: CheckpointAsked) => {
  if (asked === 'checkpoint') {
    parentPort?.postMessage(checkpointed() satisfies CheckpointAnswer);
    return;
  }
  database.close();
  // Ends the thread alone, also where what the process was started with has begun something in it.
  process.exit();
});

function checkpointed(): CheckpointAnswer {
  try {
    const moved = checkpoint.get();
    return { log: Number(moved?.log), held: heldOf(moved) };
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    return { log: undefined, held: 0 };
  }
}
