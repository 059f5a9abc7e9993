import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ledger, PointInTime } from '../src/index.ts';
import { openLedger } from '../src/index.ts';
import { type Command, commandSequence, setUpCommands } from './support/arbitraries/commands.ts';
import { interleavings } from './support/arbitraries/independent-commands.ts';
import { asTheRulesSay, codeOf, collect, send } from './support/naive-model/ledger-answers.ts';
import { NaiveLedger } from './support/naive-model/naive-ledger.ts';

const DAY = 86_400_000;

/** How many sequences each property tries; RANDOM_COMMANDS_RUNS asks for more, RANDOM_COMMANDS_SEED for others. */
const numRuns = Number(process.env.RANDOM_COMMANDS_RUNS ?? 40);
const seed = Number(process.env.RANDOM_COMMANDS_SEED ?? 20_201_124);
const patience = 60_000 + 500 * numRuns;

/** Which days, counted from the first command, and as known at the `at` of which command, as a share of the sequence. */
const moment = fc.record({
  days: fc.array(fc.nat({ max: 210 }), { minLength: 1, maxLength: 6 }),
  known: fc.nat({ max: 99 }),
});

describe(`when random commands are sent (seed ${seed}, ${numRuns} sequences)`, () => {
  test(
    'outcomes, balances and invoices are those of a naive model, now and at a point in time, live and rebuilt',
    () =>
      overSequences(fc.tuple(commandSequence, moment), async (ledger, [commands, { days, known }]) => {
        const model = new NaiveLedger();
        for (const [index, command] of commands.entries()) {
          const wanted = asTheRulesSay(model.execute(command)) as object;
          const answer = asTheRulesSay(await send(ledger, command));
          expect(answer, `line ${index + 1}: ${JSON.stringify(command)}`).toMatchObject(wanted);
        }
        await checkAnswers(ledger, model);
        await checkPointsInTime(ledger, model, pointsInTime(commands, days, known));
      }),
    patience,
  );

  test(
    'no kopeck appears or is lost, and no figure is below zero, after any command',
    () =>
      overSequences(commandSequence, async (ledger, commands) => {
        for (const command of commands) {
          if (!(await send(ledger, command)).ok) continue;
          for (const balance of await collect(ledger.balances())) checkEquations(balance, JSON.stringify(command));
        }
      }),
    patience,
  );

  test(
    'every accepted command sent again later is answered as at first and changes nothing, with another body it is refused',
    () =>
      overSequences(commandSequence, async (ledger, commands) => {
        const accepted = new Map<string, [Command, unknown]>();
        for (const command of commands) {
          const answer = await send(ledger, command);
          if (answer.ok && !answer.result.replayed) accepted.set(command.id, [command, answer.result]);
        }
        const before = await ledger.verify();
        for (const [command, result] of [...accepted.values()].reverse()) {
          const again = { ...command, at: '2031-01-01T00:00:00Z' };
          expect(await send(ledger, again)).toEqual({ ok: true, result: { ...(result as object), replayed: true } });
          const changed = { ...again, by: `not ${String(command.by)}` };
          expect(await send(ledger, changed)).toEqual({ ok: false, code: 'idempotency.key_reused' });
        }
        expect(await ledger.verify()).toEqual(before);
      }),
    patience,
  );

  test(
    'commands on different certificates give the same answers and balances in either order',
    () =>
      overSequences(interleavings, async (ledger, [asGiven, oneAfterTheOther]) => {
        const first = await answersById(ledger, asGiven);
        const other = await openLedger({ store: 'memory:' });
        try {
          expect(await answersById(other, oneAfterTheOther)).toEqual(first);
          expect(await collect(other.balances())).toEqual(await collect(ledger.balances()));
        } finally {
          await other.close();
        }
      }),
    patience,
  );
});

async function overSequences<Sequence>(
  sequences: fc.Arbitrary<Sequence>,
  check: (ledger: Ledger, sequence: Sequence) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(sequences, async (sequence) => {
    const ledger = await openLedger({ store: 'memory:' });
    try {
      await check(ledger, sequence);
    } finally {
      await ledger.close();
    }
  });
  await fc.assert(property, { numRuns, seed });
}

function pointsInTime(commands: readonly Command[], days: readonly number[], known: number): PointInTime[] {
  const [first] = commands;
  const then = commands[Math.floor((commands.length * known) / 100)];
  if (first === undefined || then === undefined) throw new Error('there is always a set-up');
  const dates = days.map((day) => new Date(Date.parse(first.at) + day * DAY).toISOString().slice(0, 10));
  return [{ asOf: then.at }, ...dates.flatMap((on) => [{ on }, { on, asOf: then.at }])];
}

async function checkAnswers(ledger: Ledger, model: NaiveLedger): Promise<void> {
  const balances = model.balances();
  const invoices = model.invoices();
  expect(await collect(ledger.balances())).toEqual(balances);
  expect(await collect(ledger.invoices())).toEqual(invoices);
  const verified = await ledger.verify();
  expect(verified).toMatchObject({ ok: true, findings: [] });
  await ledger.rebuild();
  expect(await collect(ledger.balances())).toEqual(balances);
  expect(await collect(ledger.invoices())).toEqual(invoices);
  expect(await ledger.verify()).toEqual(verified);
}

/** As of an instant before its issue the ledger does not know a certificate; the model shows it without any period. */
async function checkPointsInTime(ledger: Ledger, model: NaiveLedger, points: readonly PointInTime[]): Promise<void> {
  for (const { certificateId } of model.balances()) {
    for (const point of points) {
      const answer = await ledger.balance(certificateId, point).catch(codeOf);
      const wanted = model.balance(certificateId, point);
      if (answer === 'certificate.not_found') expect(wanted.periods, JSON.stringify(point)).toEqual([]);
      else expect(answer, JSON.stringify(point)).toEqual(wanted);
    }
  }
}

/** nominal = available + blocked + charged + expired, share = blocked + charged + released, all ≥ 0 (SPEC section 3). */
function checkEquations({ periods }: Awaited<ReturnType<Ledger['balance']>>, after: string): void {
  for (const { nominal, available, blocked, charged, expired, contracts } of periods) {
    checkSum(nominal, [available, blocked, charged, expired], after);
    for (const contract of contracts) {
      checkSum(contract.share, [contract.blocked, contract.charged, contract.released], after);
    }
    const inContracts = contracts.map((contract) => kopecks(contract.blocked));
    expect(sumOf(inContracts), after).toBe(kopecks(blocked));
  }
}

function checkSum(whole: string, parts: readonly string[], after: string): void {
  const amounts = parts.map(kopecks);
  expect(
    amounts.filter((amount) => amount < 0n),
    after,
  ).toEqual([]);
  expect(sumOf(amounts), after).toBe(kopecks(whole));
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

function kopecks(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}

async function answersById(ledger: Ledger, commands: readonly Command[]): Promise<Map<string, unknown>> {
  for (const command of setUpCommands) await send(ledger, command);
  const answers = new Map<string, unknown>();
  for (const command of commands) answers.set(command.id, asTheRulesSay(await send(ledger, command)));
  return answers;
}
