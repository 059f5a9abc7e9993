import { readFileSync } from 'node:fs';
import type { Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';

type HistoricCommand = Record<string, unknown> & { readonly at: string };

/** The commands of the small municipality, in order. */
export const town: readonly HistoricCommand[] = readFileSync(
  new URL('../cases/municipality-small.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as HistoricCommand);

/** Sends some of the town's commands; those that the rules refuse are left out. */
export async function sendTown(ledger: Ledger, from: number, to: number): Promise<void> {
  for (const { at, ...command } of town.slice(from, to)) {
    try {
      await ledger.executeUnknown(command, { at, durable: false });
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
    }
  }
  await ledger.flush();
}
