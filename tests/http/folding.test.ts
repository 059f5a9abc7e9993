import Fastify from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { foldInBackground } from '../../api/http/service/folding.ts';
import type { Ledger } from '../../src/index.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How often a ledger is folded within ten seconds, each time for so many milliseconds. */
async function foldings(took: number, knownPosition?: string): Promise<number> {
  let count = 0;
  const catchUp = async () => {
    count += 1;
    await new Promise((resolve) => setTimeout(resolve, took));
  };
  const app = Fastify();
  foldInBackground(app, { catchUp, knownPosition } as Ledger);
  await app.ready();
  await vi.advanceTimersByTimeAsync(10_000);
  const closed = app.close();
  await vi.advanceTimersByTimeAsync(took);
  await closed;
  return count;
}

test('where folding takes hardly any time it is done four times a second', async () => {
  // 250 ms and 1 ms take turns.
  expect(await foldings(1)).toBe(39);
});

test('where it keeps others waiting it is done in smaller pieces, and not without end', async () => {
  // After the first pause of 250 ms one of 50 and 20 ms of folding take turns.
  expect(await foldings(20)).toBe(140);
});

test('what comes from a server is written four times a second, however long that takes', async () => {
  // 250 ms and 20 ms take turns.
  expect(await foldings(20, '7/7')).toBe(37);
});
