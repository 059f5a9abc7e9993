import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { decodeMetadata } from '../../src/events/codec.ts';
import { commandStream } from '../../src/events/command-record.ts';
import { LedgerError, openLedger } from '../../src/index.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';

const main = new URL('../../api/cli/main.ts', import.meta.url).pathname;

/** A result line of the import. */
export interface Answer {
  readonly line: number;
  readonly ok: boolean;
  readonly replayed?: boolean;
}

/** What became of one run of the import. */
export interface Run {
  /** The result lines it had printed, whole lines only. */
  readonly answers: readonly Answer[];
  /** None when it was killed. */
  readonly exitCode: number | null;
  readonly milliseconds: number;
}

/** When a run is killed: so long after its start, or when the database, which is there already, has come so far. */
export type Kill =
  | { readonly after: 'milliseconds'; readonly milliseconds: number }
  | { readonly after: 'events'; readonly events: number; readonly atOpenIntent: boolean };

/** Imports a command file in a process of its own, and kills it when it is asked to and it still runs then. */
export async function importIn(database: string, file: string, kill?: Kill): Promise<Run> {
  const started = performance.now();
  const options = ['--clock', 'file', '--db', database];
  const child = spawn(process.execPath, [main, 'import', file, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new AbortController();
  const closed = Promise.withResolvers<number | null>();
  child.once('error', closed.reject).once('close', (exitCode) => {
    gone.abort();
    closed.resolve(exitCode);
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  if (kill !== undefined && (await momentComes(kill, database, gone.signal))) child.kill('SIGKILL');
  const exitCode = await closed.promise;
  const answers = printed.split('\n').slice(0, -1);
  return {
    answers: answers.map((line) => JSON.parse(line) as Answer),
    exitCode,
    milliseconds: performance.now() - started,
  };
}

/** Waits for the moment of a kill, and tells whether the process is still there then. */
async function momentComes(kill: Kill, database: string, gone: AbortSignal): Promise<boolean> {
  if (kill.after === 'milliseconds') return stillThereAfter(kill.milliseconds, gone);
  return withStore(database, async (store) => {
    while (await stillThereAfter(3, gone)) {
      if ((await store.countAfter()) < kill.events) continue;
      if (!kill.atOpenIntent || (await endsInOpenIntent(store))) return true;
    }
    return false;
  });
}

async function stillThereAfter(milliseconds: number, gone: AbortSignal): Promise<boolean> {
  const waited = Promise.withResolvers<void>();
  const timer = setTimeout(waited.resolve, milliseconds);
  const stop = () => waited.resolve();
  gone.addEventListener('abort', stop);
  await waited.promise;
  clearTimeout(timer);
  gone.removeEventListener('abort', stop);
  return !gone.aborted;
}

/** How far a database has come: how many events it holds, and whether the last belongs to an intent not finished. */
export async function progressOf(database: string): Promise<{ events: number; openIntent: boolean }> {
  const nothing = { events: 0, openIntent: false };
  if (!existsSync(database)) return nothing;
  try {
    return await withStore(database, async (store) => ({
      events: await store.countAfter(),
      openIntent: await endsInOpenIntent(store),
    }));
  } catch (error) {
    // A process killed while it made the file has left one without tables, which is no ledger yet.
    if (error instanceof LedgerError && error.code === 'store.unreadable') return nothing;
    throw error;
  }
}

/** Everything a ledger says about itself, to be compared as one text each. */
export async function answersOf(database: string) {
  const ledger = await openLedger({ store: `sqlite:${database}` });
  try {
    return {
      balances: await jsonLines(ledger.balances()),
      invoices: await jsonLines(ledger.invoices()),
      findings: (await ledger.verify()).findings,
    };
  } finally {
    await ledger.close();
  }
}

/** The log without ids and hashes, which are another in every run. */
export async function logOf(database: string) {
  return withStore(database, async (store) => {
    const events: { stream: string; revision: number; type: string; data: string; metadata: string }[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await store.readAll({ after, limit: 5_000 });
      for (const { stream, revision, type, data, metadata } of page.events) {
        events.push({ stream, revision, type, data, metadata });
      }
      if (page.events.length === 0) return events;
      after = page.last;
    }
  });
}

async function endsInOpenIntent(store: EventStore): Promise<boolean> {
  const last = await store.last();
  if (last === undefined) return false;
  const record = await store.read(commandStream(decodeMetadata(last).commandId));
  return record.length === 1 && record[0]?.type === 'CommandBegun';
}

async function withStore<Read>(database: string, read: (store: SqliteEventStore) => Promise<Read>): Promise<Read> {
  const store = new SqliteEventStore(database, { readOnly: true });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}

async function jsonLines(items: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const item of items) text += `${JSON.stringify(item)}\n`;
  return text;
}
