import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ledger } from '../src/index.ts';
import { LedgerError, openLedger } from '../src/index.ts';
import { commandSequence } from './support/arbitraries/commands.ts';
import { NaiveLedger } from './support/naive-model/naive-ledger.ts';

test('random commands come out as in a naive model of the rules', async () => {
  await fc.assert(
    fc.asyncProperty(commandSequence, async (commands) => {
      const ledger = await openLedger({ store: 'memory:' });
      const model = new NaiveLedger();
      for (const command of commands) {
        const wanted = withoutMessages(model.execute(command));
        expect({ command, answer: await answerTo(ledger, { ...command }) }).toMatchObject({ command, answer: wanted });
      }
      for (const balance of model.balances()) {
        expect(await ledger.balance(balance.certificateId)).toEqual(balance);
      }
      const invoices: unknown[] = [];
      for await (const invoice of ledger.invoices()) invoices.push(invoice);
      expect(invoices).toEqual(model.invoices());
      expect((await ledger.verify()).findings).toEqual([]);
      await ledger.close();
    }),
    { numRuns: 60, seed: 20200901, endOnFailure: false },
  );
}, 100_000);

async function answerTo(ledger: Ledger, { at, ...command }: Record<string, unknown>): Promise<unknown> {
  try {
    const { replayed, outcome } = await ledger.executeUnknown(command, { at: String(at), durable: false });
    return { ok: true, replayed, outcome };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { ok: false, error: { code: error.code } };
  }
}

/** The texts of refusals are free, and the outcome of an advance is not part of the rules. */
function withoutMessages(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (name, value) => (name === 'message' || name === 'advances' ? undefined : value)),
  );
}
