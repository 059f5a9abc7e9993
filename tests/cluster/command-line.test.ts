import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { call, jsonLines } from '../support/cluster/command-line.ts';
import { trialLedger } from '../support/cluster/trial.ts';

const address = process.env.KURRENTDB_URL;
const cases = new URL('../cases/', import.meta.url).pathname;

const CASES = readdirSync(cases).filter((name) => /^\d\d-.*\.json$/.test(name));

interface Expectation {
  readonly lines?: readonly {
    readonly line: number;
    readonly ok: boolean;
    readonly errorCode?: string;
    readonly replayed?: boolean;
    readonly outcome?: object;
  }[];
  readonly balances?: readonly { readonly certificateId: string; readonly periods?: readonly unknown[] }[];
  readonly invoices?: readonly object[];
  readonly pointInTime?: readonly {
    readonly on: string;
    readonly asOf: string;
    readonly balance: { readonly certificateId: string };
  }[];
}

describe.skipIf(address === undefined)('the command line on a server (KURRENTDB_URL)', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-command-line-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each(CASES)(
    'gives what the case says: %s',
    async (name) => {
      const { commands, expect: expected } = JSON.parse(readFileSync(join(cases, name), 'utf8'));
      await check(commands, expected, folder);
    },
    180_000,
  );
});

async function check(commands: readonly object[], expected: Expectation, folder: string): Promise<void> {
  const file = join(folder, 'commands.jsonl');
  writeFileSync(file, commands.map((command) => `${JSON.stringify(command)}\n`).join(''));
  const named = ['--store', trialLedger(address ?? '', 'command-line'), '--db', join(folder, 'read-models.db')];
  const refused = (expected.lines ?? []).some(({ ok }) => !ok);
  const imported = await call('import', file, '--clock', 'file', ...named);
  expect(imported).toMatchObject({ exitCode: refused ? 1 : 0, errors: '' });
  const listed = new Map((expected.lines ?? []).map((line) => [line.line, line]));
  const lines = commands.map((_, index) => {
    const { errorCode, ...line } = listed.get(index + 1) ?? { line: index + 1, ok: true, errorCode: undefined };
    return line.ok ? { replayed: false, ...line } : { ...line, error: { code: errorCode } };
  });
  expect(jsonLines(imported)).toMatchObject(lines);

  // Read models that are deleted are made anew from the server.
  rmSync(join(folder, 'read-models.db'), { force: true });
  const [balances, invoices, verified, ...points] = await Promise.all([
    call('balances', '--json', ...named),
    call('invoices', 'list', '--json', ...named),
    call('verify', '--json', ...named),
    ...(expected.pointInTime ?? []).map(({ on, asOf, balance }) =>
      call('balance', balance.certificateId, '--on', on, '--as-of', asOf, '--json', ...named),
    ),
  ]);
  const withPeriods = (all: Expectation['balances']) => (all ?? []).filter(({ periods = [] }) => periods.length > 0);
  expect(withPeriods(jsonLines(balances))).toMatchObject(withPeriods(expected.balances));
  expect(jsonLines(invoices)).toEqual(expected.invoices ?? []);
  expect(verified).toMatchObject({ exitCode: 0, errors: '' });
  expect(jsonLines(verified)).toMatchObject([{ ok: true, findings: [] }]);
  expect(points.flatMap(jsonLines)).toEqual((expected.pointInTime ?? []).map(({ balance }) => balance));
}
