import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NewEvent } from '../../src/events/envelope.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { ConflictError } from '../../src/store/event-store.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { asStored, newEvent, wholeLog, withoutPosition } from '../support/store/stored-forms.ts';

type Step =
  | { kind: 'append'; stream: string; offset: number; count: number; record: boolean }
  | { kind: 'again'; back: number }
  | { kind: 'flush' }
  | { kind: 'reopen' };

const stream = fc.constantFrom('a', 'A', 'a/b', '🦊');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      stream,
      // Mostly the revision the stream has, now and then an earlier or later one.
      offset: fc.constantFrom(0, 0, 0, 0, -1, 1),
      count: fc.nat({ max: 3 }),
      record: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('again' as const), back: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'flush' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

/** A store as one array: the simplest thing that can be right. */
class ArrayModel {
  readonly log: { stream: string; revision: number; event: NewEvent }[] = [];
  readonly appends: { stream: string; expected: number; events: readonly NewEvent[] }[] = [];

  of(name: string) {
    return this.log.filter((entry) => entry.stream === name);
  }

  /** Whether the append succeeds. */
  append(name: string, expected: number, events: readonly NewEvent[]): boolean {
    const present = this.of(name);
    if (events.length === 0) return true;
    if (present.length - 1 !== expected) {
      const there = present.slice(expected + 1, expected + 1 + events.length).map(({ event }) => event);
      return there.length === events.length && there.every((event, index) => event === events[index]);
    }
    for (const [index, event] of events.entries())
      this.log.push({ stream: name, revision: expected + 1 + index, event });
    this.appends.push({ stream: name, expected, events });
    return true;
  }
}

let commands = 0;

async function follow(steps: readonly Step[], open: () => EventStore, keeps: boolean): Promise<void> {
  let store = open();
  const model = new ArrayModel();
  const attempt = async (name: string, expected: number, events: readonly NewEvent[]) => {
    const before = model.log.length;
    const wanted = model.append(name, expected, events);
    const done = await store.append(name, expected, events).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ConflictError) return false;
        throw error;
      },
    );
    expect({ expected, done }).toEqual({ expected, done: wanted });
    if (!wanted) expect(model.log.length).toBe(before);
  };
  try {
    for (const one of steps) {
      if (one.kind === 'append') {
        const events = Array.from({ length: one.count }, (_, index) => {
          commands += 1;
          return one.record && index === 0 ? newEvent({ recordOf: `command-${commands}` }) : newEvent();
        });
        await attempt(one.stream, Math.max(-1, model.of(one.stream).length - 1 + one.offset), events);
      } else if (one.kind === 'again') {
        const earlier = model.appends.at(-1 - one.back);
        if (earlier !== undefined) await attempt(earlier.stream, earlier.expected, earlier.events);
      } else if (one.kind === 'flush') {
        await store.flush();
      } else if (keeps) {
        await store.close();
        store = open();
      }
    }
    await agrees(store, model);
  } finally {
    await store.close();
  }
}

async function agrees(store: EventStore, model: ArrayModel): Promise<void> {
  const log = await wholeLog(store, 4);
  expect(log.map(withoutPosition)).toEqual(
    model.log.map(({ stream: name, revision, event }) => asStored(event, name, revision)),
  );
  for (const name of new Set(model.log.map((entry) => entry.stream))) {
    const own = log.filter((event) => event.stream === name);
    expect(await store.read(name)).toEqual(own);
    expect(await store.head(name)).toMatchObject({ revision: own.length - 1, hash: own.at(-1)?.hash });
  }
  for (const { event, stream: name, revision } of model.log) {
    if (event.recordOf === undefined) continue;
    expect(await store.commandRecord(event.recordOf)).toMatchObject({ stream: name, revision, id: event.id });
  }
  expect(await store.countAfter()).toBe(model.log.length);
  expect(await store.integrity()).toEqual([]);
}

const sequences = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' });

test('random appends to memory leave what a plain array holds', async () => {
  await fc.assert(
    fc.asyncProperty(sequences, (steps) => follow(steps, () => new MemoryEventStore(), false)),
    { numRuns: 200, seed: 7 },
  );
});

test('random appends to a file leave what a plain array holds, however often it is opened again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-model-'));
  let files = 0;
  try {
    await fc.assert(
      fc.asyncProperty(sequences, (steps) => {
        files += 1;
        const file = join(folder, `${files}.db`);
        return follow(steps, () => new SqliteEventStore(file), true);
      }),
      { numRuns: 60, seed: 7 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
