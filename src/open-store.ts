import { LedgerError } from './kernel/errors.ts';
import type { EventStore, LedgerObserver } from './store/event-store.ts';
import type { ServerAccess } from './store/kurrentdb/server-address.ts';
import { MemoryEventStore } from './store/memory/memory-event-store.ts';
import { SqliteEventStore } from './store/sqlite/sqlite-event-store.ts';

/** The name SQLite gives a file that is none. */
export const MEMORY = ':memory:';

/** A store that is open, and the file it is in. */
export interface OpenedStore {
  readonly store: EventStore;
  /** `:memory:` where it is in none. */
  readonly file: string;
}

/** Which store, and how. */
export interface StoreOptions {
  readonly store: string;
  readonly readOnly?: boolean | undefined;
  readonly observer?: LedgerObserver | undefined;
  /** How a server is entered, where its address does not say it. */
  readonly access?: ServerAccess | undefined;
}

/** Opens the store that a text names. Errors: `query.invalid`, and those of the store. */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const { store, readOnly = false, observer } = options;
  if (store === 'memory:' && !readOnly) return { store: new MemoryEventStore({ observer }), file: MEMORY };
  if (store.startsWith('sqlite:') && store.length > 'sqlite:'.length) {
    const file = store.slice('sqlite:'.length);
    return { store: new SqliteEventStore(file, { readOnly, observer }), file };
  }
  if (/^esdb(\+discover)?:\/\//.test(store)) return { store: await openServer(store, options), file: MEMORY };
  if (store === 'memory:') throw new LedgerError('query.invalid', 'memory: holds nothing that could only be read');
  throw new LedgerError('query.invalid', `${withoutUser(store)} is no store: sqlite:FILE, memory: and esdb://… are`);
}

/** Who connects is nobody else's business. */
function withoutUser(address: string): string {
  return address.replace(/\/\/.*@/, '//');
}

/** What a ledger on a server is called where its address does not say it. */
const UNNAMED = 'ledger';
/** No name ends like the beginning of another's streams, since the dot that parts the two is in none. */
const LEDGER_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Loaded only where it is used: whoever stays embedded does without the client. */
async function openServer(address: string, { access }: StoreOptions): Promise<EventStore> {
  const { KurrentDbEventStore } = await import('./store/kurrentdb/kurrentdb-event-store.ts').catch((error: unknown) => {
    const sentence = 'a store on a server needs the package @eventstore/db-client beside this one';
    throw new LedgerError('store.unreadable', sentence, { cause: error });
  });
  // A cluster's address names several hosts, which no URL may; only what follows the question mark is looked at.
  const [plain = ''] = address.split('?', 1);
  const question = address.slice(plain.length + 1);
  const [ledger = UNNAMED, ...more] = new URLSearchParams(question).getAll('ledger');
  if (more.length > 0)
    throw new LedgerError('query.invalid', 'the address of the store names its ledger more than once');
  if (!LEDGER_NAME.test(ledger)) {
    const sentence = `ledger=${ledger} names no ledger: 1 to 64 letters, digits, - and _ do`;
    throw new LedgerError('query.invalid', sentence);
  }
  const others = question.split('&').filter((pair) => pair !== '' && !pair.startsWith('ledger='));
  const server = others.length === 0 ? plain : `${plain}?${others.join('&')}`;
  return new KurrentDbEventStore(server, { prefix: `${ledger}.`, access });
}
