import type { CommandOf, Ledger } from '../src/index.ts';
import { lastRows, RawEngine } from './support/raw-engine.ts';
import { printRounds } from './support/report.ts';
import { lessons } from './support/town.ts';
import { withTown } from './support/workshop.ts';

const CERTIFICATES = 2_000;
const ROUNDS = 9;
/**
 * Rounds that are not counted. An index takes twice as long to insert into a table of some hundred thousand rows as into an
 * empty one, and a ledger's code is compiled as it runs.
 */
const WARMING = 10;
const COMMANDS = 256 * 80;
const IN_FLIGHT = 256;
const GOAL = 0.5;

/** 256 commands in flight: whoever is answered sends the next one at once. */
export async function run(): Promise<void> {
  await withTown({ certificates: CERTIFICATES, lessonsPerContract: 1_000 }, async (ledger, file, folder) => {
    const bare = new RawEngine(folder, 'bare');
    const indexed = new RawEngine(folder, 'indexed');
    const rates = { ours: [] as number[], bare: [] as number[], indexed: [] as number[] };
    for (let round = 0; round < WARMING + ROUNDS; round += 1) {
      const ours = await rate(ledger, lessons(round * COMMANDS, COMMANDS, CERTIFICATES));
      const rows = lastRows(file, COMMANDS);
      const raw = { bare: bare.insert(rows, IN_FLIGHT), indexed: indexed.insert(rows, IN_FLIGHT) };
      if (round < WARMING) continue;
      rates.ours.push(ours);
      rates.bare.push(raw.bare);
      rates.indexed.push(raw.indexed);
    }
    printRounds(`recordLesson with one entry, ${IN_FLIGHT} in flight, from ${WARMING * COMMANDS} events on`, {
      ours: rates.ours,
      raw: [
        { name: 'raw bare table', rates: rates.bare, goal: GOAL },
        { name: 'raw with index', rates: rates.indexed, goal: GOAL },
      ],
    });
    bare.close();
    indexed.close();
  });
}

async function rate(ledger: Ledger, commands: readonly CommandOf<'recordLesson'>[]): Promise<number> {
  let next = 0;
  const started = performance.now();
  const sender = async () => {
    for (let command = commands[next++]; command !== undefined; command = commands[next++]) {
      await ledger.execute(command);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  return (commands.length / (performance.now() - started)) * 1000;
}
