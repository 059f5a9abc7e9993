import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command, Ledger } from '../../src/index.ts';
import { LedgerError, openLedger } from '../../src/index.ts';

let ledger: Ledger;
let count = 0;

beforeEach(async () => {
  ledger = await openLedger({ store: 'memory:' });
  const at = '2020-03-01T00:00:00Z';
  const payers = { moscow: undefined, kamchatka: 'Asia/Kamchatka', azores: 'Atlantic/Azores' };
  for (const [payerId, zone] of Object.entries(payers)) {
    const inZone = zone === undefined ? {} : { zone };
    await ledger.execute({ command: 'registerPayer', id: payerId, payerId, name: 'Школа', ...inZone }, { at });
  }
  await ledger.execute(
    { command: 'registerProvider', id: 'cdt', providerId: 'cdt', name: 'ЦДТ', legalForm: 'organisation' },
    { at },
  );
});
afterEach(() => ledger.close());

type WithoutId = Command extends infer Each ? (Each extends Command ? Omit<Each, 'id'> : never) : never;

async function answer(command: WithoutId, at: string): Promise<string> {
  count += 1;
  try {
    await ledger.executeUnknown({ ...command, id: `today-${count}` }, { at });
    return 'taken';
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
}

describe('when a date is compared with today (SPEC section 2)', () => {
  test.each([
    // Moscow is three hours before UTC, Kamchatka twelve; the Azores are one behind.
    ['moscow', '2020-03-09T20:59:59Z', '2020-03-09T21:00:00Z'],
    ['kamchatka', '2020-03-09T11:59:59.999Z', '2020-03-09T12:00:00Z'],
    ['azores', '2020-03-10T00:59:59Z', '2020-03-10T01:00:00Z'],
  ])('for the payer of %s 10 March begins at its own midnight', async (payerId, before, midnight) => {
    const change = { command: 'changePayerDetails' as const, payerId, on: '2020-03-10', name: 'Гимназия' };
    expect(await answer(change, before)).toBe('date.in_future');
    expect(await answer(change, midnight)).toBe('taken');
  });

  test('where no payer is involved or named, it begins at midnight in Moscow', async () => {
    const commands: WithoutId[] = [
      { command: 'changeProviderDetails', providerId: 'cdt', on: '2020-03-10', name: 'ЦДТ' },
      { command: 'issueInvoices', month: '2020-02', on: '2020-03-10' },
      { command: 'requestAdvance', month: '2020-03', on: '2020-03-10', percent: 80 },
      { command: 'suspendProvider', providerId: 'cdt', on: '2020-03-10', reason: 'проверка' },
    ];
    for (const command of commands) expect(await answer(command, '2020-03-09T20:59:59Z')).toBe('date.in_future');
    for (const command of commands) expect(await answer(command, '2020-03-09T21:00:00Z')).toBe('taken');
  });

  test('a named payer brings its own midnight', async () => {
    const run = { command: 'issueInvoices' as const, month: '2020-02', on: '2020-03-10' };
    expect(await answer({ ...run, payerId: 'kamchatka' }, '2020-03-09T12:00:00Z')).toBe('taken');
    expect(await answer({ ...run, payerId: 'azores' }, '2020-03-09T23:00:00Z')).toBe('date.in_future');
  });
});
