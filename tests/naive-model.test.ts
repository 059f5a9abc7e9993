import { describe, expect, it } from 'vitest';
import { type CommandCase, type ExpectedLine, municipality, smallCases } from './support/naive-model/command-cases.ts';
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
