import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../src/index.ts';
import { lastRows, RawEngine } from './support/raw-engine.ts';
import { printRounds } from './support/report.ts';
import { lessons, townCommands } from './support/town.ts';
import { inFolder } from './support/workshop.ts';

const CERTIFICATES = 2_000;
const ROUNDS = 5;
const LINES = 100_000;
const BATCH = 1_000;
const GOAL = 0.5;
const COMMAND_LINE = new URL('../api/cli/main.ts', import.meta.url).pathname;

/** `import FILE --clock file` as a process of its own, from its start until the read side is up to date. */
export async function run(): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'ledger.db');
    importInto(file, folder, townCommands({ certificates: CERTIFICATES, lessonsPerContract: 1_000 }), 0);
    const bare = new RawEngine(folder, 'bare');
    const indexed = new RawEngine(folder, 'indexed');
    const rates = { ours: [] as number[], bare: [] as number[], indexed: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      const seconds = importInto(file, folder, lessons(round * LINES, LINES, CERTIFICATES), round + 1);
      rates.ours.push(LINES / seconds);
      const rows = lastRows(file, LINES);
      rates.bare.push(bare.insert(rows, BATCH));
      rates.indexed.push(indexed.insert(rows, BATCH));
    }
    printRounds(`import of ${LINES.toLocaleString('en')} lessons with one entry, start and end included`, {
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

/** Answers the seconds the process took. */
function importInto(file: string, folder: string, commands: Iterable<Command>, day: number): number {
  const source = join(folder, 'commands.jsonl');
  const at = new Date(Date.UTC(2021, 0, 1 + day)).toISOString().replace('.000', '');
  writeFileSync(source, [...commands].map((command) => `${JSON.stringify({ ...command, at })}\n`).join(''));
  const answers = openSync(join(folder, 'answers.jsonl'), 'w');
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [COMMAND_LINE, 'import', source, '--clock', 'file', '--db', file], {
    stdio: ['ignore', answers, 'inherit'],
  });
  const seconds = (performance.now() - started) / 1000;
  closeSync(answers);
  if (status !== 0) throw new Error(`the import ended with exit code ${status}`);
  return seconds;
}
