import { parentPort, workerData } from 'node:worker_threads';
import type { NewTables, PartApart } from '../projections/halves.ts';
import { digestBeside, foldPartApart } from '../projections/halves.ts';
import type { CheckedChain, ExpectedDigest } from './application/chain-check.ts';
import { ChainCheck } from './application/chain-check.ts';
import type { Position } from './events/envelope.ts';
import type { ErrorCode } from './kernel/errors.ts';
import { LedgerError } from './kernel/errors.ts';
import { SqliteEventStore } from './store/sqlite/sqlite-event-store.ts';

const { file } = workerData as { readonly file: string };
let chain: ChainCheck | undefined;

const tasks = {
  /** Checks the file and, of the log, so many events from its beginning. */
  async beginChain(given: { readonly expected: ExpectedDigest | undefined; readonly events: number }): Promise<void> {
    chain = new ChainCheck(openStore(), given.expected);
    await chain.begin();
    await chain.readAtMost(given.events);
  },

  /** Goes on to the event at that position, and then checks the kept heads. */
  async endChain({ upTo }: { readonly upTo: Position | undefined }): Promise<CheckedChain> {
    if (chain === undefined) throw new RangeError('the check has not begun');
    await chain.readTo(upTo);
    return chain.end();
  },

  /** Folds a part of the log into a file of its own. */
  async foldPart(part: PartApart): Promise<void> {
    const store = openStore();
    await foldPartApart(store, part);
    await store.close();
  },

  /** Digests tables of a file of read models. */
  async digest(given: { readonly file: string; readonly tables: readonly NewTables[] }) {
    return digestBeside(given.file, given.tables);
  },
};

function openStore(): SqliteEventStore {
  return new SqliteEventStore(file, { readOnly: true, mapped: false });
}

/** What the second thread can be asked. */
export type Tasks = typeof tasks;

/** What the thread is sent: a task, and what the task is given. */
export interface Asked {
  readonly task: keyof Tasks;
  readonly given: unknown;
}

/** What comes back; an error arrives as what it says, since its class does not survive the way. */
export type Answered = { readonly answer: unknown } | { readonly refused: Refused };

/** What an error says: the ledger's own by its code, a RangeError as such. */
export interface Refused {
  readonly code?: ErrorCode;
  readonly range?: true;
  readonly message: string;
}

/** The tasks are done one after another, in the order they were asked for. */
let running: Promise<void> = Promise.resolve();

parentPort?.on('message', (asked: Asked) => {
  running = running.then(async () => parentPort?.postMessage(await answered(asked)));
});

async function answered({ task, given }: Asked): Promise<Answered> {
  try {
    return { answer: await tasks[task](given as never) };
  } catch (error) {
    if (error instanceof LedgerError) return { refused: { code: error.code, message: error.message } };
    if (error instanceof RangeError) return { refused: { range: true, message: error.message } };
    if (error instanceof Error) return { refused: { message: error.stack ?? error.message } };
    throw error;
  }
}
