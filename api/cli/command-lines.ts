import { isUtf8 } from 'node:buffer';
import { createReadStream, statSync } from 'node:fs';
import { LedgerError } from '../../src/index.ts';

/** How much is read at once: every reading lets the store commit, so a small piece would make small commits. */
const BYTES_PER_READING = 1024 * 1024;
/** Far beyond the longest command; a file without line feeds is not read into memory as one. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 10;
const BYTE_ORDER_MARK = '\ufeff';

/** A command file, and how far it has been read. */
export interface CommandLines {
  /** In bytes. */
  readonly size: number;
  /** Bytes of the lines given so far, and those read with them. */
  readonly done: () => number;
  /** Piece by piece, since to wait for every single line costs more than to read it. */
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
  return { size: stats.size, done: () => done, pieces: piecesOf(file, count) };
}

async function* piecesOf(file: string, count: (bytes: number) => void): AsyncIterable<Iterable<string>> {
  let rest: Buffer[] = [];
  let restSize = 0;
  let line = 0;
  for await (const chunk of chunksOf(file)) {
    count(chunk.length);
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end < 0) {
      rest.push(chunk);
      restSize += chunk.length;
      if (restSize > LONGEST_LINE) {
        throw new LedgerError('query.invalid', `${file} line ${line + 1} is longer than ${LONGEST_LINE} bytes`);
      }
      continue;
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)]);
    yield decoded(whole, file, line);
    line += linesIn(whole);
    rest = [chunk.subarray(end + 1)];
    restSize = rest[0]?.length ?? 0;
  }
  if (restSize > 0) yield decoded(Buffer.concat(rest), file, line);
}

async function* chunksOf(file: string): AsyncIterable<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: BYTES_PER_READING })) yield chunk as Buffer;
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new LedgerError('query.invalid', `${file} cannot be read: ${error.message}`, { cause: error });
  }
}

function linesIn(bytes: Buffer): number {
  let lines = 1;
  for (let feed = bytes.indexOf(LINE_FEED); feed >= 0; feed = bytes.indexOf(LINE_FEED, feed + 1)) lines += 1;
  return lines;
}

/** The lines of whole lines' bytes, `before` of which have been given. */
function* decoded(bytes: Buffer, file: string, before: number): Iterable<string> {
  if (isUtf8(bytes)) {
    const lines = bytes.toString('utf8').split('\n');
    if (before === 0 && lines[0]?.startsWith(BYTE_ORDER_MARK)) lines[0] = lines[0].slice(1);
    yield* lines;
    return;
  }
  let line = before;
  for (let start = 0; ; ) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const one = bytes.subarray(start, feed < 0 ? undefined : feed);
    line += 1;
    if (!isUtf8(one)) throw new LedgerError('query.invalid', `${file} line ${line} is not UTF-8`);
    yield one.toString('utf8');
    start = feed + 1;
  }
}
