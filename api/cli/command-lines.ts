import { createReadStream, statSync } from 'node:fs';
import { LedgerError } from '../../src/index.ts';
import { linesOf } from '../imports/lines.ts';

/** How much is read at once: every reading lets the store commit, so a small piece would make small commits. */
const BYTES_PER_READING = 1024 * 1024;

/** A command file, and how far it has been read. */
export interface CommandLines {
  /** In bytes. */
  readonly size: number;
  /** Bytes of the lines given so far, and those read with them. */
  readonly done: () => number;
  readonly pieces: AsyncIterable<Iterable<string>>;
}

/**
 * The lines of a UTF-8 file. A line that is not UTF-8 ends the file; the lines before it are given first.
 * Errors: `query.invalid`, naming the file and the line.
 */
export function commandLines(file: string): CommandLines {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new LedgerError('query.invalid', `there is no file ${file}`);
  if (stats.isDirectory()) throw new LedgerError('query.invalid', `${file} is a directory, not a command file`);
  let done = 0;
  const count = (bytes: number) => {
    done += bytes;
  };
  return { size: stats.size, done: () => done, pieces: linesOf(chunksOf(file, count), file) };
}

async function* chunksOf(file: string, count: (bytes: number) => void): AsyncIterable<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: BYTES_PER_READING })) {
      count(chunk.length);
      yield chunk as Buffer;
    }
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new LedgerError('query.invalid', `${file} cannot be read: ${error.message}`, { cause: error });
  }
}
