import { expect, test } from 'vitest';
import { allCalls, callOf } from '../../api/cli/calls.ts';

test('every call is found by the words of its own name, with what it is given behind them', async () => {
  const calls = await allCalls();
  expect(calls.length).toBeGreaterThan(20);
  for (const call of calls) expect(await callOf([...call.name.split(' '), 'given'])).toBe(call);
}, 120_000);

test.each([[['invoices']], [['balance sheet']], [['toString']]])('%j is no call', async (words) => {
  expect(await callOf(words)).toBeUndefined();
});
