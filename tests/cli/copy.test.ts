import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { optionsOf } from '../../api/cli/call.ts';
import { copy } from '../../api/cli/calls/copy.ts';
import { demo } from '../../api/cli/calls/demo.ts';
import { exitCodeOf } from '../../api/cli/exit-code.ts';
import { refuseOtherOptions } from '../../api/cli/options.ts';
import { LedgerError, openLedger } from '../../src/index.ts';
import { runCall } from '../support/run-call.ts';

let folder = '';
let digest = '';
const fileOf = (name: string) => `sqlite:${join(folder, name)}`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-copy-call-'));
  digest = await ledgerWithPayer('a.db', 'uo');
  await ledgerWithPayer('other.db', 'other');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('copy prints what both sides have in common, as a table and for machines', async () => {
  const [from, to] = [fileOf('a.db'), fileOf('b.db')];
  const first = await runCall(copy, undefined, { from, to });
  expect(first.exitCode).toBe(0);
  expect(first.text).toMatch(new RegExp(`streams +1  ${digest}`));
  expect(first.text).toMatch(/events +1 {2}1 of them appended now/);
  expect(first.text).toMatch(/payers +1 {2}\S{43}/);
  expect(first.text).toContain('both sides are the same');
  const again = await runCall(copy, undefined, { from, to, json: true });
  expect(again.exitCode).toBe(0);
  const one = { ok: true, differences: [], upTo: '1', streams: 1, events: 1, commands: 1, appended: 0, digest };
  expect(again.json()).toMatchObject([one]);
});

test.each([
  [
    'another ledger as the target',
    () => ({ from: fileOf('a.db'), to: fileOf('other.db') }),
    /payer-other.*revision 0/,
    1,
  ],
  ['a source that is not there', () => ({ from: fileOf('none.db'), to: fileOf('c.db') }), /none\.db/, 2],
  ['no target', () => ({ from: fileOf('a.db') }), /--to is missing/, 2],
])('copy refuses %s', async (_, options, sentence, exitCode) => {
  const refusal: unknown = await runCall(copy, undefined, options()).catch((error: unknown) => error);
  if (!(refusal instanceof LedgerError)) throw refusal;
  expect(refusal.message).toMatch(sentence);
  expect(exitCodeOf(refusal.code)).toBe(exitCode);
});

test.each([copy, demo])('$name takes no ledger named as elsewhere', (call) => {
  expect(() => refuseOtherOptions({ db: 'x.db' }, call.name, optionsOf(call))).toThrow(/takes no --db/);
  expect(optionsOf(call)).not.toContain('store');
});

async function ledgerWithPayer(name: string, payerId: string): Promise<string> {
  const ledger = await openLedger({ store: fileOf(name) });
  await ledger.execute({ command: 'registerPayer', id: payerId, payerId, name: payerId });
  const verified = await ledger.verify();
  await ledger.close();
  return verified.digest;
}
