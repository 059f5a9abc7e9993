import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { newEvent } from '../support/store/stored-forms.ts';

let folder = '';
let store: SqliteEventStore;
/** How many appends each commit had. */
let commits: number[] = [];
let streams = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-lone-'));
  commits = [];
  const observer = {
    committed: ({ appends }: { appends: number }) => commits.push(appends),
    conflicted: () => undefined,
  };
  store = new SqliteEventStore(join(folder, 'ledger.db'), { observer });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** Appends to a new stream and waits for nobody but the disk. */
function appendAlone(): Promise<void> {
  streams += 1;
  store.atOnce.append(`stream ${streams}`, -1, [newEvent()]);
  return store.atOnce.settled();
}

/** A caller who has been alone for so many appends, each in a turn of its own. */
async function afterLoneAppends(appends = 20): Promise<void> {
  for (let number = 0; number < appends; number += 1) {
    await appendAlone();
    await turn();
  }
  commits = [];
}

/** What is done in one turn of the event loop, each on its own as requests of several connections are. */
async function inOneTurn(count: number, work: () => Promise<void>): Promise<void> {
  const done: Promise<void>[] = [];
  for (let number = 0; number < count; number += 1) setImmediate(() => done.push(work()));
  await turn();
  await Promise.all(done);
}

describe('when one caller appends after another', () => {
  test('who is alone is answered before the turn ends', async () => {
    await afterLoneAppends();
    let turnEnded = false;
    setImmediate(() => {
      turnEnded = true;
    });
    await appendAlone();
    expect(turnEnded).toBe(false);
    expect(commits).toEqual([1]);
  });

  test('a caller who has just come waits for others to join', async () => {
    let turnEnded = false;
    setImmediate(() => {
      turnEnded = true;
    });
    await appendAlone();
    expect(turnEnded).toBe(true);
  });

  test('who appends without end leaves others their turn', async () => {
    await afterLoneAppends();
    let turns = 0;
    let appending = true;
    const count = () => {
      turns += 1;
      if (appending) setImmediate(count);
    };
    setImmediate(count);
    for (let number = 0; number < 100; number += 1) await appendAlone();
    appending = false;
    expect(turns).toBeGreaterThanOrEqual(20);
    expect(commits).toHaveLength(100);
  });

  test('an append that is to be followed by others waits for them', async () => {
    await afterLoneAppends();
    await store.append('first', -1, [newEvent()]);
    await store.append('second', -1, [newEvent()]);
    await store.settled();
    expect(commits).toEqual([2]);
  });
});

describe('when others come after a caller who was alone', () => {
  test('those who append together are committed together', async () => {
    await afterLoneAppends();
    await Promise.all(Array.from({ length: 50 }, appendAlone));
    expect(commits).toEqual([50]);
  });

  test.each([2, 3, 4, 5, 64])(
    'of %i who come one by one in a turn the first goes alone and the others together; then all',
    async (callers) => {
      await afterLoneAppends();
      await inOneTurn(callers, appendAlone);
      expect(commits).toEqual([1, callers - 1]);
      await inOneTurn(callers, appendAlone);
      expect(commits.slice(2)).toEqual([callers]);
    },
  );
});
