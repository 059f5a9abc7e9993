import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ImportRun } from '../../api/imports/import-run.ts';
import type { Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import type { Command } from '../support/arbitraries/commands.ts';
import { commandSequence } from '../support/arbitraries/commands.ts';
import { contentsOf } from '../support/nodes/answers.ts';
import { openNode } from '../support/nodes/node.ts';
import { slowStore } from '../support/nodes/slow-store.ts';
import { town } from '../support/town.ts';

/** After the last line of every file here. */
const LATER = '2021-12-30T09:00:00Z';

interface Imported {
  readonly lines: readonly string[];
  readonly contents: string;
}

async function linesOf(ledger: Ledger, commands: readonly Command[], most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const lines: string[] = [];
  const run = new ImportRun(ledger, {
    tell: async (told) => {
      lines.push(...told.split('\n').filter((line) => line !== ''));
    },
    goOn: (line) => {
      if (line >= most) throw new Error('stopped');
    },
  });
  const file = (async function* () {
    yield commands.map(({ at: _, ...command }) => JSON.stringify(command));
  })();
  await run.run(file).catch((error: unknown) => {
    if (!(error instanceof Error) || error.message !== 'stopped') throw error;
  });
  return lines;
}

async function oneByOne(commands: readonly Command[]): Promise<Imported> {
  const ledger = await openNode(new MemoryEventStore(), LATER);
  expect(ledger.commandsAtOnce).toBe(1);
  const lines = await linesOf(ledger, commands);
  return { lines, contents: await contentsOf(ledger) };
}

describe('an import with many commands on their way', () => {
  test('answers the small municipality line by line as one after another, and ends in the same books', async () => {
    const commands = town as unknown as Command[];
    const ledger = await openNode(slowStore(new MemoryEventStore({ shared: true }), 1), LATER);
    expect(ledger.commandsAtOnce).toBe(64);
    const started = performance.now();
    const lines = await linesOf(ledger, commands);
    console.log(performance.now() - started);
    const wanted = await oneByOne(commands);
    expect(lines).toEqual(wanted.lines);
    expect(await contentsOf(ledger)).toBe(wanted.contents);
    expect((await ledger.verify()).findings).toEqual([]);
  });
});
void fc; void LedgerError; void commandSequence;
