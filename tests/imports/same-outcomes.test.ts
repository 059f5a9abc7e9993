import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ImportRun } from '../../api/imports/import-run.ts';
import type { Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { commandSequence } from '../support/arbitraries/commands.ts';
import { contentsOf, contentsOfStore } from '../support/nodes/answers.ts';
import { openNode } from '../support/nodes/node.ts';
import { slowStore } from '../support/nodes/slow-store.ts';
import { town } from '../support/town.ts';

/** After the last line of every file here. */
const LATER = '2021-12-30T09:00:00Z';
/** How many random files are imported; RANDOM_COMMANDS_RUNS asks for more. */
const numRuns = Math.ceil(Number(process.env.RANDOM_COMMANDS_RUNS ?? 60) / 12);
const seed = Number(process.env.RANDOM_COMMANDS_SEED ?? 20_201_124);

type File = readonly { readonly at: string }[];

interface ResultLine {
  readonly ok: boolean;
  readonly replayed?: boolean;
  readonly error?: { readonly code: string };
}

/** Imports a file, or as much of it as the store takes, and answers the result lines. */
async function importInto(ledger: Ledger, file: File, historic = true): Promise<string[]> {
  const lines: string[] = [];
  const run = new ImportRun(ledger, {
    historic,
    tell: async (told) => {
      lines.push(...told.split('\n').filter((line) => line !== ''));
    },
  });
  const texts = file.map(({ at, ...command }) => JSON.stringify(historic ? { at, ...command } : command));
  const pieces = (async function* () {
    yield texts;
  })();
  await run.run(pieces).catch((error: unknown) => {
    if (!(error instanceof LedgerError) || error.code !== 'store.unavailable') throw error;
  });
  return lines;
}

async function oneAfterAnother(file: File, historic = true) {
  const ledger = await openNode(new MemoryEventStore(), LATER);
  expect(ledger.commandsAtOnce).toBe(1);
  const lines = await importInto(ledger, file, historic);
  return { lines, contents: await contentsOf(ledger) };
}

/** What a line sent again answers besides that it is sent again; a refused one is judged anew. */
function comparable(line: string): unknown {
  const { replayed: _, error, ...answer } = JSON.parse(line) as ResultLine;
  return answer;
}

describe('an import with many commands on their way', () => {
  test('answers the small municipality line by line as one after another, and ends in the same books', async () => {
    const file = town.slice(0, 700);
    const store = new MemoryEventStore({ shared: true });
    const ledger = await openNode(slowStore(store, { seed: 1 }), LATER);
    expect(ledger.commandsAtOnce).toBe(64);
    const lines = await importInto(ledger, file);
    const wanted = await oneAfterAnother(file);
    expect(lines).toEqual(wanted.lines);
    expect(await contentsOfStore(store)).toEqual({ contents: wanted.contents, findings: [] });
  });

  test.each([true, false])('does so with random files, whose times are the clock: %s', async (historic) => {
    await fc.assert(
      fc.asyncProperty(commandSequence, fc.nat(), async (file, delays) => {
        const store = new MemoryEventStore({ shared: true });
        const lines = await importInto(await openNode(slowStore(store, { seed: delays }), LATER), file, historic);
        const wanted = await oneAfterAnother(file, historic);
        expect(lines).toEqual(wanted.lines);
        expect(await contentsOfStore(store)).toEqual({ contents: wanted.contents, findings: [] });
      }),
      { numRuns, seed, endOnFailure: true },
    );
  });

  test('stopped after any append and sent again answers as if it had never been stopped', async () => {
    await fc.assert(
      fc.asyncProperty(commandSequence, fc.nat(), fc.integer({ min: 20, max: 250 }), async (file, delays, appends) => {
        const store = new MemoryEventStore({ shared: true });
        await importInto(await openNode(slowStore(store, { seed: delays, appends }), LATER), file);
        const lines = await importInto(await openNode(slowStore(store, { seed: delays }), LATER), file);
        const wanted = await oneAfterAnother(file);
        expect(lines.map(comparable)).toEqual(wanted.lines.map(comparable));
        expect(await contentsOfStore(store)).toEqual({ contents: wanted.contents, findings: [] });
      }),
      { numRuns, seed, endOnFailure: true },
    );
  });

  test('sent again it does not take a line it had refused, because a line after it has made it possible', async () => {
    const on = '2020-01-10';
    const group = { payerId: 'uo', groupId: 'g' };
    const child = { certificateId: '01', holderId: 'h', birthDate: '2010-05-05', issuedOn: on };
    const file = [
      { at: `${on}T09:00:00Z`, id: '1', command: 'registerPayer', payerId: 'uo', name: 'Управление' },
      { at: `${on}T09:01:00Z`, id: '2', command: 'issueCertificate', ...group, ...child },
      { at: `${on}T09:02:00Z`, id: '3', command: 'defineCertificateGroup', ...group, name: 'Ф', kind: 'funding' },
    ];
    const store = new MemoryEventStore({ shared: true });
    const codes = async () =>
      (await importInto(await openNode(store, LATER), file)).map((line) => {
        const { error, replayed } = JSON.parse(line) as ResultLine;
        return error?.code ?? replayed;
      });
    expect(await codes()).toEqual([false, 'group.not_found', false]);
    expect(await codes()).toEqual([true, 'clock.goes_back', true]);
  });
});
