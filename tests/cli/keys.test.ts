import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';

const main = new URL('../../api/cli/main.ts', import.meta.url).pathname;
let folder = '';
let file = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-cli-keys-'));
  file = join(folder, 'ledger.db');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LEDGER_DB: file },
  });
  return { status, stdout, stderr };
}

test('keys are made, listed and revoked by the command line', async () => {
  const machine = run('keys', 'create', '--role', 'payer', '--payer', 'uo', '--name', 'uo-1', '--json');
  expect(machine).toMatchObject({ status: 0, stderr: '' });
  const created = JSON.parse(machine.stdout) as { key: string };
  expect(created).toEqual({ keyId: 'uo-1', role: 'payer', payerId: 'uo', key: expect.any(String) });
  const human = run('keys', 'create', '--role', 'operator', '--name', 'console');
  expect(human).toMatchObject({ status: 0, stderr: '' });
  const [secret = '', sentence] = human.stdout.split('\n');
  expect(sentence).toBe('This is the secret of key console. It is shown this once and kept nowhere.');

  expect(run('keys', 'revoke', 'uo-1')).toMatchObject({ status: 0, stdout: 'Key uo-1 is revoked.\n' });
  const list = run('keys', 'list', '--json').stdout;
  const keys = list
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(keys).toEqual([
    { keyId: 'uo-1', role: 'payer', payerId: 'uo', createdOn: expect.any(String), revokedOn: expect.any(String) },
    { keyId: 'console', role: 'operator', createdOn: expect.any(String) },
  ]);
  expect(list).not.toContain(created.key);

  const ledger = await openLedger({ store: `sqlite:${file}` });
  expect(await ledger.accessKeys.find(secret)).toMatchObject({ keyId: 'console' });
  expect(await ledger.accessKeys.find(created.key)).toBeUndefined();
  await ledger.close();

  expect(run('keys', 'create')).toMatchObject({ status: 2, stderr: 'query.invalid: --role is missing\n' });
  expect(run('keys', 'create', '--role', 'payer')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^command\.invalid: payerId/),
  });
});
