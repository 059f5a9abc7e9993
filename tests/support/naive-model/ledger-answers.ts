import type { CommandResult, Ledger } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import type { Command } from '../arbitraries/commands.ts';
import type { LineResult } from './naive-ledger.ts';

/** What the ledger answers to one line of a command file. */
export type Answer =
  | { readonly ok: true; readonly result: CommandResult }
  | { readonly ok: false; readonly code: string };

/** Sends a line as `import --clock file` does; a refusal is an answer, anything else that is thrown is not. */
export async function send(ledger: Ledger, { at, ...command }: Command): Promise<Answer> {
  try {
    return { ok: true, result: await ledger.executeUnknown(command, { at, durable: false }) };
  } catch (error) {
    return { ok: false, code: codeOf(error) };
  }
}

/** An answer of the ledger or of the model without what the rules leave free: messages, and refused advances among others. */
export function asTheRulesSay(answer: Answer | LineResult): unknown {
  if (!answer.ok) return { ok: false, code: 'code' in answer ? answer.code : answer.error.code };
  const { replayed, outcome = {} } = 'result' in answer ? answer.result : answer;
  return { ok: true, replayed, outcome: withoutFreeParts(outcome) };
}

function withoutFreeParts(outcome: unknown): unknown {
  return JSON.parse(
    JSON.stringify(outcome, (name, value: unknown) => {
      if (name === 'message') return undefined;
      return name === 'advances' && Array.isArray(value) ? value.filter(isNotRefused) : value;
    }),
  );
}

function isNotRefused(entry: { readonly result?: unknown }): boolean {
  return entry.result !== 'refused';
}

/** The code of a refusal; every other error is thrown on. */
export function codeOf(error: unknown): string {
  if (!(error instanceof LedgerError)) throw error;
  return error.code;
}

/** All items of an asynchronous sequence. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
