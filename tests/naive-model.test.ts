import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, commandSequence, setUpCommands } from './support/arbitraries/commands.ts';
import { measure } from './support/arbitraries/measure-commands.ts';
import { type CommandCase, type ExpectedLine, municipality, smallCases } from './support/naive-model/command-cases.ts';
import { everyErrorCode } from './support/naive-model/error-codes.ts';
import { type LineResult, NaiveLedger } from './support/naive-model/naive-ledger.ts';

function run(commands: readonly unknown[]): { ledger: NaiveLedger; results: LineResult[] } {
  const ledger = new NaiveLedger();
  return { ledger, results: commands.map((command) => ledger.execute(command)) };
}

function inCaseForm(result: LineResult) {
  if (!result.ok) return { ok: false, errorCode: result.error.code };
  return { ok: true, replayed: result.replayed, outcome: result.outcome };
}

/** A line that is not listed must be accepted and not replayed. */
function wanted(listed: ExpectedLine | undefined) {
  if (!listed) return { ok: true, replayed: false };
  const { ok, errorCode, replayed = false, outcome } = listed;
  if (!ok) return { ok, errorCode };
  return { ok, replayed, ...(outcome && { outcome }) };
}

function checkLines({ commands, expect: expected }: CommandCase, results: readonly LineResult[]): void {
  const listed = new Map(expected.lines?.map((line) => [line.line, line]));
  for (const [index, result] of results.entries()) {
    const line = index + 1;
    const command = JSON.stringify(commands[index]);
    expect(inCaseForm(result), `line ${line}: ${command}`).toMatchObject(wanted(listed.get(line)));
  }
}

function checkAnswers(ledger: NaiveLedger, { expect: expected }: CommandCase): void {
  const balances = new Map(ledger.balances().map((balance) => [balance.certificateId, balance]));
  for (const balance of expected.balances ?? []) {
    expect(balances.get(balance.certificateId)).toEqual(balance);
    balances.delete(balance.certificateId);
  }
  for (const balance of balances.values()) expect(balance.periods).toEqual([]);
  expect(ledger.invoices()).toEqual(expected.invoices ?? []);
  for (const { on, asOf, balance } of expected.pointInTime ?? []) {
    expect(ledger.balance(balance.certificateId, { on, asOf }), `${on} as of ${asOf}`).toEqual(balance);
  }
}

describe('the naive model answers as the cases say', () => {
  it.each([...smallCases(), municipality()])(
    '$title',
    (example) => {
      const { ledger, results } = run(example.commands);
      checkLines(example, results);
      checkAnswers(ledger, example);
    },
    60_000,
  );
});

function kopecks(text: string): bigint {
  return BigInt(text.replace('.', ''));
}

function checkInvariants(ledger: NaiveLedger): void {
  for (const { periods } of ledger.balances()) {
    for (const { nominal, available, blocked, charged, expired, contracts } of periods) {
      const parts = [available, blocked, charged, expired].map(kopecks);
      expect(parts.every((part) => part >= 0n)).toBe(true);
      expect(parts.reduce((total, part) => total + part)).toBe(kopecks(nominal));
      for (const { share, ...contract } of contracts) {
        const uses = [contract.blocked, contract.charged, contract.released].map(kopecks);
        expect(uses.every((use) => use >= 0n)).toBe(true);
        expect(uses.reduce((total, use) => total + use)).toBe(kopecks(share));
      }
    }
  }
}

const anySequence = { numRuns: 60, seed: 20200901 };

describe('the naive model under random commands', () => {
  it('keeps the two equations of a certificate after every command', () => {
    const property = fc.property(commandSequence, (commands) => {
      const ledger = new NaiveLedger();
      for (const command of commands) {
        ledger.execute(command);
        checkInvariants(ledger);
      }
    });
    fc.assert(property, anySequence);
  });

  it('answers an accepted command sent again with its first outcome and stays as it is', () => {
    const property = fc.property(commandSequence, (commands) => {
      const { ledger, results } = run(commands);
      const before = [ledger.balances(), ledger.invoices()];
      for (const [index, result] of results.entries()) {
        if (result.ok) expect(ledger.execute(commands[index])).toEqual({ ...result, replayed: true });
      }
      expect([ledger.balances(), ledger.invoices()]).toEqual(before);
    });
    fc.assert(property, anySequence);
  });

  it('numbers invoices without gaps per provider and year', () => {
    const property = fc.property(commandSequence, (commands) => {
      const numbers = run(commands)
        .ledger.invoices()
        .map((invoice) => invoice.number);
      const last = new Map<string, number>();
      for (const number of numbers) {
        const series = number.slice(0, -4);
        expect(Number(number.slice(-4))).toBe((last.get(series) ?? 0) + 1);
        last.set(series, Number(number.slice(-4)));
      }
    });
    fc.assert(property, anySequence);
  });

  it('accepts the set-up', () => {
    expect(run(setUpCommands).results.filter((result) => !result.ok)).toEqual([]);
  });

  it('accepts most random commands and refuses some for every reason there is', () => {
    const sequences: Command[][] = fc.sample(commandSequence, { numRuns: 300, seed: 1 });
    const { accepted, commands, codes } = measure(sequences);
    expect(accepted / commands).toBeGreaterThan(0.5);
    expect([...codes.keys()].sort()).toEqual([...everyErrorCode].sort());
  });
});
