import type { CommandOf, Ledger } from '../src/index.ts';
import { lastRows, RawEngine } from './support/raw-engine.ts';
import { printRounds } from './support/report.ts';
import { lesson, lessons } from './support/town.ts';
import { withTown } from './support/workshop.ts';

const CERTIFICATES = 2_000;
const ROUNDS = 9;
/** A commit writes two pages or three, and the log is written over from 10 000 pages on. */
const WARMING = 6;
const COMMANDS = 2_000;
const ENTRIES = 12;
const GOAL = 0.7;

/** One command at a time: each waits until the one before it is durable. */
export async function run(): Promise<void> {
  await withTown({ certificates: CERTIFICATES, lessonsPerContract: 1_000 }, async (ledger, file, folder) => {
    const bare = new RawEngine(folder, 'bare');
    const ours: number[] = [];
    const raw: number[] = [];
    // A log that still grows is slower to flush than one that is written over, so both are brought that far first.
    for (let round = 0; round < WARMING; round += 1) {
      await rate(ledger, lessons(round * COMMANDS, COMMANDS, CERTIFICATES), 1);
      bare.insert(lastRows(file, COMMANDS), 1);
    }
    for (let round = WARMING; round < WARMING + ROUNDS; round += 1) {
      ours.push(await rate(ledger, lessons(round * COMMANDS, COMMANDS, CERTIFICATES), 1));
      raw.push(bare.insert(lastRows(file, COMMANDS), 1));
    }
    const single = { ours, raw: [{ name: 'raw autocommit', rates: raw, goal: GOAL }] };
    printRounds('recordLesson with one entry, one at a time', single);
    await manyEntries(ledger, file, bare);
    bare.close();
  });
}

/** Twelve entries are twelve events, between the command's intent and its completion. */
async function manyEntries(ledger: Ledger, file: string, bare: RawEngine): Promise<void> {
  const ours: number[] = [];
  const raw: number[] = [];
  const commands = Math.floor(COMMANDS / ENTRIES);
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = (WARMING + ROUNDS + round) * COMMANDS;
    const group = Array.from({ length: commands }, (_, index) => {
      const contracts = Array.from({ length: ENTRIES }, (_, entry) => (index * ENTRIES + entry) % CERTIFICATES);
      return lesson(first + index, contracts);
    });
    ours.push(await rate(ledger, group, ENTRIES));
    raw.push(bare.insert(lastRows(file, commands * ENTRIES), 1));
  }
  printRounds('recordLesson with 12 entries, one at a time, per event', {
    ours,
    raw: [{ name: 'raw autocommit', rates: raw }],
  });
}

async function rate(ledger: Ledger, commands: readonly CommandOf<'recordLesson'>[], events: number): Promise<number> {
  const started = performance.now();
  for (const command of commands) await ledger.execute(command);
  return ((commands.length * events) / (performance.now() - started)) * 1000;
}
