import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const main = new URL('../../api/cli/main.ts', import.meta.url).pathname;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(...args: string[]) {
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

function database(name = 'ledger.db'): string[] {
  return ['--db', join(folder, name)];
}

describe('when a command file is imported', () => {
  test('a refused line makes exit code 1, a line that is not JSON exit code 2, and the rest is done', () => {
    const file = join(folder, 'commands.jsonl');
    const payer = { command: 'registerPayer', id: 'a', at: '2020-01-01T00:00:00Z', payerId: 'uo', name: 'Школа' };
    writeFileSync(file, `${JSON.stringify(payer)}\n\n${JSON.stringify({ ...payer, id: 'b' })}\n`);
    const first = run('import', file, '--clock', 'file', ...database());
    expect(first.status).toBe(1);
    const lines = first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { line: 1, id: 'a', ok: true, replayed: false, events: ['PayerRegistered'] },
      { line: 3, id: 'b', ok: false, error: { code: 'payer.already_exists' } },
    ]);
    writeFileSync(file, `{"command":\n${JSON.stringify(payer)}\n`);
    const second = run('import', file, '--clock', 'file', ...database());
    expect(second.status).toBe(2);
    expect(second.stdout).toContain('"replayed":true');
  });

  test('without --clock file a line with `at` is refused, and nothing is written', () => {
    const file = join(folder, 'commands.jsonl');
    writeFileSync(file, '{"command":"registerPayer","id":"a","at":"2020-01-01T00:00:00Z","payerId":"uo","name":"n"}\n');
    const { status, stdout } = run('import', file, ...database());
    expect(status).toBe(1);
    expect(stdout).toContain('command.invalid');
  });

  test('a file that is not UTF-8, and a directory, are exit code 2 with a sentence', () => {
    const file = join(folder, 'latin.jsonl');
    writeFileSync(file, Buffer.from([0x7b, 0xff, 0x7d, 0x0a]));
    expect(run('import', file, ...database())).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('not UTF-8'),
    });
    expect(run('import', folder, ...database())).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('directory'),
    });
  });
});

test('--help shows every call', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('invoices issue');
  expect(readFileSync(main, 'utf8').startsWith('#!')).toBe(true);
});
