import fc from 'fast-check';
import { NaiveLedger } from '../naive-model/naive-ledger.ts';
import { type Command, commandSequence, setUpCommands } from './commands.ts';

/** How plausible the random commands are: run this file to print shares of acceptance and all codes met. */
interface Tally {
  accepted: number;
  refused: number;
}

function codesInside(outcome: unknown): string[] {
  const text = JSON.stringify(outcome) ?? '';
  return Array.from(text.matchAll(/"code":"([^"]+)"/g), (match) => match[1] ?? '');
}

export interface Measure {
  byCommand: Map<string, Tally>;
  codes: Map<string, number>;
  entries: Map<string, number>;
  commands: number;
  accepted: number;
}

export function measure(sequences: readonly (readonly Command[])[]): Measure {
  const result: Measure = { byCommand: new Map(), codes: new Map(), entries: new Map(), commands: 0, accepted: 0 };
  for (const sequence of sequences) {
    const ledger = new NaiveLedger();
    for (const [index, command] of sequence.entries()) {
      const answer = ledger.execute(command);
      if (index < setUpCommands.length) continue;
      const tally = result.byCommand.get(command.command) ?? { accepted: 0, refused: 0 };
      result.byCommand.set(command.command, tally);
      result.commands += 1;
      if (answer.ok) {
        tally.accepted += 1;
        result.accepted += 1;
      } else tally.refused += 1;
      for (const code of answer.ok ? codesInside(answer.outcome) : [answer.error.code]) count(result.codes, code);
      if (answer.ok) for (const kind of kindsInside(answer.outcome)) count(result.entries, kind);
    }
  }
  return result;
}

function kindsInside(outcome: unknown): string[] {
  const text = JSON.stringify(outcome) ?? '';
  return Array.from(text.matchAll(/"result":"([^"]+)"/g), (match) => match[1] ?? '');
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

if (import.meta.main) {
  const { byCommand, codes, entries, commands, accepted } = measure(
    fc.sample(commandSequence, { numRuns: 300, seed: 1 }),
  );
  console.log(`accepted ${accepted} of ${commands} random commands: ${((100 * accepted) / commands).toFixed(1)} %`);
  console.table(Object.fromEntries([...byCommand].sort()));
  console.table(Object.fromEntries([...entries].sort()));
  console.log(`${codes.size} codes`, Object.fromEntries([...codes].sort()));
}
