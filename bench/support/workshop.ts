import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import type { TownOptions } from './town.ts';
import { runAll, townCommands } from './town.ts';

/** A folder on the disk of the working directory, since a folder of temporary files may be memory. */
export async function inFolder<Answer>(work: (folder: string) => Promise<Answer>): Promise<Answer> {
  const folder = mkdtempSync(join(process.cwd(), '.bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A ledger with a town in it, for the length of a piece of work. */
export async function withTown<Answer>(
  town: TownOptions,
  work: (ledger: Ledger, file: string, folder: string) => Promise<Answer>,
): Promise<Answer> {
  return inFolder(async (folder) => {
    const file = join(folder, 'ledger.db');
    const ledger = await openLedger({ store: `sqlite:${file}` });
    await runAll(ledger, townCommands(town));
    try {
      return await work(ledger, file, folder);
    } finally {
      await ledger.close();
    }
  });
}
