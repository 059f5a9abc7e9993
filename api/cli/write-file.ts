import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { LedgerError } from '../../src/index.ts';
import type { Interruption } from './interruption.ts';

/**
 * Writes a file as a whole: until the last piece is there, its place holds what it held before.
 * Errors: `store.unavailable` when the file cannot be written; Interrupted after Ctrl-C.
 */
export async function writeWholeFile(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  interruption: Interruption,
): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await writing(path, async () => {
    const file = openSync(unfinished, 'w');
    try {
      for await (const piece of pieces) {
        writeSync(file, piece);
        await interruption.turn();
      }
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  });
}

/** Does work that writes at a path; what the system refuses is told in a sentence. Errors: `store.unavailable`. */
export async function writing<Answer>(path: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new LedgerError('store.unavailable', `${path} cannot be written: ${error.message}`, { cause: error });
  }
}
