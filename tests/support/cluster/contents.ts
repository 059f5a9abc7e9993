import type { Ledger } from '../../../src/index.ts';
import { LedgerError, openLedger } from '../../../src/index.ts';
import { contentsOf } from '../nodes/answers.ts';

/** A command as a line of a command file has it. */
export type FileLine = Readonly<Record<string, unknown>> & { readonly id: string; readonly at?: string };

/** What a command file comes to: an answer a line, and all balances and invoices by the end. */
export interface Undisturbed {
  readonly answers: readonly unknown[];
  readonly contents: string;
}

/** Runs a command file in memory, where nothing disturbs it. */
export async function undisturbed(lines: readonly FileLine[]): Promise<Undisturbed> {
  const ledger = await openLedger({ store: 'memory:' });
  try {
    const answers: unknown[] = [];
    for (const line of lines) answers.push(await answerTo(ledger, line));
    return { answers, contents: await contentsOf(ledger) };
  } finally {
    await ledger.close();
  }
}

async function answerTo(ledger: Ledger, { at, ...command }: FileLine): Promise<unknown> {
  try {
    const result = await ledger.executeUnknown(command, at === undefined ? {} : { at });
    return comparable({ ok: true, ...result });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return comparable({ id: command.id, ok: false, error: { code: error.code } });
  }
}

/** An answer without what may differ from run to run: its line, whether it came again, revisions, the texts of refusals. */
export function comparable(answer: Readonly<Record<string, unknown>>): unknown {
  const { line: _, replayed: __, revision: ___, ...rest } = answer;
  return JSON.parse(JSON.stringify(rest, (name, value) => (name === 'message' ? undefined : value)));
}

/** Everything a ledger holds and what is wrong with it, asked of a process that has seen nothing of how it came about. */
export async function contentsOfLedger(
  store: string,
): Promise<{ readonly contents: string; readonly findings: readonly string[] }> {
  const ledger = await openLedger({ store, readOnly: true });
  try {
    return { contents: await contentsOf(ledger), findings: (await ledger.verify()).findings };
  } finally {
    await ledger.close();
  }
}
