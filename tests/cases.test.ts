import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Ledger } from '../src/index.ts';
import { LedgerError, openLedger } from '../src/index.ts';

interface ExpectedLine {
  readonly line: number;
  readonly ok: boolean;
  readonly errorCode?: string;
  readonly replayed?: boolean;
  readonly outcome?: Record<string, unknown>;
}

interface Expectation {
  readonly lines?: readonly ExpectedLine[];
  readonly balances?: readonly { readonly certificateId: string }[];
  readonly invoices?: readonly Record<string, unknown>[];
  readonly pointInTime?: readonly {
    readonly on: string;
    readonly asOf: string;
    readonly balance: { readonly certificateId: string };
  }[];
}

type HistoricCommand = Record<string, unknown> & { readonly at: string };

const folder = new URL('./cases/', import.meta.url).pathname;
const cases = readdirSync(folder).filter((name) => /^\d\d-.*\.json$/.test(name));

/** A server is asked only where one is named: `KURRENTDB_URL=esdb://…`. */
const server = process.env.KURRENTDB_URL;
const kinds = ['memory:', 'sqlite', ...(server === undefined ? [] : ['server'])];

describe.each(kinds)('the shared cases on %s', (kind) => {
  test.each(cases)('%s', async (name) => {
    const { commands, expect: expected } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    await check(kind, commands, expected);
  });
});

describe('the small municipality', () => {
  test.each(kinds)(
    'comes out as expected on %s',
    async (kind) => {
      const commands = readFileSync(join(folder, 'municipality-small.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as HistoricCommand);
      await check(kind, commands, JSON.parse(readFileSync(join(folder, 'municipality-small.expect.json'), 'utf8')));
    },
    300_000,
  );
});

async function check(kind: string, commands: readonly HistoricCommand[], expected: Expectation): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-case-'));
  const stores: Readonly<Record<string, string>> = {
    sqlite: `sqlite:${join(directory, 'ledger.db')}`,
    server: `${server}&ledger=case-${randomUUID()}`,
  };
  const ledger = await openLedger({ store: stores[kind] ?? kind });
  try {
    await checkLines(ledger, commands, expected.lines ?? []);
    for (const balance of expected.balances ?? []) {
      expect(await ledger.balance(balance.certificateId)).toMatchObject(balance);
    }
    expect((await collect(ledger.balances())).filter(({ periods }) => periods.length > 0)).toHaveLength(
      (expected.balances ?? []).filter((balance) => 'periods' in balance && (balance.periods as unknown[]).length > 0)
        .length,
    );
    const invoices = await collect(ledger.invoices());
    expect(invoices).toEqual([...(expected.invoices ?? [])]);
    for (const { on, asOf, balance } of expected.pointInTime ?? []) {
      expect(await ledger.balance(balance.certificateId, { on, asOf })).toEqual(balance);
      await checkExplanation(ledger, balance.certificateId, { on, asOf });
    }
    expect(await ledger.verify()).toMatchObject({ ok: true, findings: [] });
    await ledger.rebuild();
    expect(await collect(ledger.invoices())).toEqual(invoices);
  } finally {
    await ledger.close();
    rmSync(directory, { recursive: true });
  }
}

/** The running totals of an explanation end in the figures of the balance it explains. */
async function checkExplanation(
  ledger: Ledger,
  certificateId: string,
  when: { readonly on: string; readonly asOf: string },
) {
  const lines = await ledger.explain(certificateId, when);
  for (const { periodId, nominal, available, blocked, charged, expired } of (await ledger.balance(certificateId, when))
    .periods) {
    const last = lines.findLast((line) => line.periodId === periodId);
    expect(last?.totals).toEqual({ nominal, available, blocked, charged, expired });
  }
}

async function checkLines(ledger: Ledger, commands: readonly HistoricCommand[], lines: readonly ExpectedLine[]) {
  const listed = new Map(lines.map((line) => [line.line, line]));
  const wrong: unknown[] = [];
  for (const [index, { at, ...command }] of commands.entries()) {
    const line = listed.get(index + 1) ?? { line: index + 1, ok: true };
    const answer = await answerTo(ledger, command, at);
    const wanted = {
      ok: line.ok,
      ...(line.ok ? { replayed: line.replayed ?? false } : { errorCode: line.errorCode }),
      ...(line.outcome === undefined ? {} : { outcome: line.outcome }),
    };
    try {
      expect(answer).toMatchObject(wanted);
    } catch {
      wrong.push({ line: line.line, command: command.command, answer, wanted });
    }
  }
  expect(wrong).toEqual([]);
}

async function answerTo(ledger: Ledger, command: Record<string, unknown>, at: string): Promise<unknown> {
  try {
    return { ok: true, ...(await ledger.executeUnknown(command, { at, durable: false })) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { ok: false, errorCode: error.code, message: error.message };
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
