import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { NewEvent } from '../../src/events/envelope.ts';
import type { SqliteEventStore as Store } from '../../src/store/sqlite/sqlite-event-store.ts';
import { asStored, newEvent, wholeLog, withoutPosition } from '../support/store/stored-forms.ts';

const LIMITS = '../../src/store/sqlite/limits.ts';

let SqliteEventStore: new (...given: ConstructorParameters<typeof Store>) => Store;

beforeAll(async () => {
  // So few that a handful of events is sorted in, written late, forgotten and let go of again and again.
  const few = { WAITING_AT_MOST: 7, WAITING_BESIDE_A_WRITER: 12, SLICE: 2, REMEMBERED: 3, KEYS_AT_LEAST: 5 };
  vi.doMock(LIMITS, async (importOriginal) => ({ ...(await importOriginal<object>()), ...few }));
  // Other files of this worker have loaded the store with the limits it has.
  vi.resetModules();
  ({ SqliteEventStore } = await import('../../src/store/sqlite/sqlite-event-store.ts'));
});

afterAll(() => {
  vi.doUnmock(LIMITS);
  vi.resetModules();
});

const STREAMS = Array.from({ length: 9 }, (_, index) => `stream ${index}`);

type Step =
  | { readonly kind: 'append'; readonly stream: string; readonly count: number; readonly offset: number }
  | { readonly kind: 'flush' | 'turn' | 'lose' | 'kill' | 'reopen' | 'record' | 'ask' | 'askReader' | 'askNewReader' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      stream: fc.constantFrom(...STREAMS),
      count: fc.integer({ min: 1, max: 4 }),
      offset: fc.constantFrom(0, 0, 0, 0, 0, 0, -1, 1),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'turn' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('record' as const, 'ask' as const, 'askReader' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('lose' as const, 'kill' as const, 'reopen' as const, 'askNewReader' as const),
    }),
  },
);

interface Entry {
  readonly stream: string;
  readonly revision: number;
  readonly event: NewEvent;
}

/** Everything the port answers has to follow from the log as a plain array. */
async function expectAnswers(store: Store, log: readonly Entry[], unknown: readonly string[]): Promise<void> {
  const heads = new Map(log.map(({ stream, revision, event }) => [stream, { stream, revision, hash: event.hash }]));
  for (const stream of STREAMS) {
    expect(await store.head(stream)).toEqual(heads.get(stream));
    const own = log.filter((entry) => entry.stream === stream);
    const wanted = own.map(({ revision, event }) => asStored(event, stream, revision));
    expect((await store.read(stream)).map(withoutPosition)).toEqual(wanted);
    expect((await store.read(stream, { from: 2, limit: 3 })).map(withoutPosition)).toEqual(wanted.slice(2, 5));
  }
  const kept = new Map<string, unknown>();
  for await (const head of store.heads()) kept.set(head.stream, head);
  expect(kept).toEqual(heads);
  expect((await wholeLog(store, 5)).map(withoutPosition)).toEqual(
    log.map(({ stream, revision, event }) => asStored(event, stream, revision)),
  );
  expect(await store.countAfter()).toBe(log.length);
  expect((await store.last())?.id).toBe(log.at(-1)?.event.id);
  for (const { stream, revision, event } of log) {
    expect(await store.commandRecord(event.recordOf ?? '')).toMatchObject({ stream, revision, id: event.id });
  }
  for (const commandId of unknown) expect(await store.commandRecord(commandId)).toBeUndefined();
  expect(await store.integrity()).toEqual([]);
}

/** A store and a reader beside it, and what they have to hold. */
class Run {
  readonly #folder: string;
  #files = 0;
  #file: string;
  #store: Store;
  #reader: Store;
  #log: Entry[] = [];
  #durable: readonly Entry[] = [];
  readonly #lost: string[] = [];
  #commands = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, '0.db');
    this.#store = new SqliteEventStore(this.#file);
    this.#reader = new SqliteEventStore(this.#file, { readOnly: true });
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.#append(step);
      case 'flush':
        await this.#store.flush();
        this.#durable = [...this.#log];
        return;
      case 'turn':
        await nextTurn();
        this.#durable = [...this.#log];
        return;
      case 'lose':
        return this.#lose();
      case 'kill':
        return this.#kill();
      case 'reopen':
        await this.#store.close();
        this.#durable = [...this.#log];
        this.#store = new SqliteEventStore(this.#file);
        return;
      case 'record':
        return this.#askLastRecord();
      case 'ask':
        return expectAnswers(this.#store, this.#log, this.#lost);
      case 'askReader':
        return expectAnswers(this.#reader, this.#durable, this.#lost);
      case 'askNewReader':
        return this.#askNewReader();
    }
  }

  async end(): Promise<void> {
    await this.#store.close();
    await this.#reader.close();
  }

  async #append({ stream, count, offset }: Extract<Step, { kind: 'append' }>): Promise<void> {
    const actual = this.#log.filter((entry) => entry.stream === stream).length - 1;
    const expected = Math.max(-1, actual + offset);
    const events = Array.from({ length: count }, () => {
      this.#commands += 1;
      return newEvent({ recordOf: `command-${this.#commands}` });
    });
    const appended = this.#store.append(stream, expected, events);
    if (expected !== actual) {
      await expect(appended).rejects.toMatchObject({ code: 'store.conflict' });
      return;
    }
    await appended;
    for (const [index, event] of events.entries()) this.#log.push({ stream, revision: expected + 1 + index, event });
  }

  /** The database refuses an event without a type, and with it everything that is not durable. */
  async #lose(): Promise<void> {
    const stream = 'stream that is lost';
    await this.#store.append(stream, -1, [{ ...newEvent({ recordOf: 'lost' }), type: null as unknown as string }]);
    await expect(this.#store.flush()).rejects.toMatchObject({ code: 'store.unavailable' });
    const lost = this.#log.slice(this.#durable.length).map(({ event }) => event.recordOf ?? '');
    this.#lost.push(...lost, 'lost');
    this.#log = [...this.#durable];
    expect(await this.#store.head(stream)).toBeUndefined();
  }

  /** Goes on with the file as it is at that moment; what was not durable is lost. */
  async #kill(): Promise<void> {
    this.#files += 1;
    const left = join(this.#folder, `${this.#files}.db`);
    for (const end of ['', '-wal'])
      if (existsSync(`${this.#file}${end}`)) copyFileSync(`${this.#file}${end}`, `${left}${end}`);
    await this.end();
    this.#lost.push(...this.#log.slice(this.#durable.length).map(({ event }) => event.recordOf ?? ''));
    this.#log = [...this.#durable];
    this.#file = left;
    this.#reader = new SqliteEventStore(left, { readOnly: true });
    this.#store = new SqliteEventStore(left);
  }

  /** Whoever asks for nothing else finds what is not in the file yet as well. */
  async #askLastRecord(): Promise<void> {
    const last = this.#log.at(-1);
    if (last === undefined) return;
    const { stream, revision, event } = last;
    expect(await this.#store.commandRecord(event.recordOf ?? '')).toMatchObject({ stream, revision, id: event.id });
  }

  async #askNewReader(): Promise<void> {
    const reader = new SqliteEventStore(this.#file, { readOnly: true });
    await expectAnswers(reader, this.#durable, this.#lost);
    await reader.close();
  }
}

test('what is written late is what a plain array holds: after losses, kills and openings, and for readers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-late-'));
  try {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), async (steps) => {
        runs += 1;
        const runFolder = mkdtempSync(join(folder, `${runs}-`));
        const run = new Run(runFolder);
        try {
          for (const one of [...steps, ...LAST_QUESTIONS]) await run.take(one);
        } finally {
          await run.end();
          rmSync(runFolder, { recursive: true });
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);

const LAST_QUESTIONS: readonly Step[] = [
  { kind: 'ask' },
  { kind: 'flush' },
  { kind: 'askReader' },
  { kind: 'reopen' },
  { kind: 'ask' },
  { kind: 'askNewReader' },
];
