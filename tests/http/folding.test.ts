import Fastify from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { foldInBackground } from '../../api/http/service/folding.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How often a ledger is folded within ten seconds, with always so many events to be folded. */
async function foldings(events: number, knownPosition?: string): Promise<number> {
  const catchUp = vi.fn<() => Promise<void>>(async () => undefined);
  const app = Fastify();
  foldInBackground(app, { catchUp, eventsBehind: async () => events, knownPosition });
  await app.ready();
  await vi.advanceTimersByTimeAsync(10_000);
  await app.close();
  return catchUp.mock.calls.length;
}

test('a few events are folded four times a second', async () => {
  expect(await foldings(63)).toBe(40);
});

test('more of them are folded in smaller pieces', async () => {
  expect(await foldings(64)).toBe(200);
});

test('what comes from a server, which folds it as it arrives, is written four times a second', async () => {
  expect(await foldings(1_000, '7/7')).toBe(40);
});
