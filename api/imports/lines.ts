import { isUtf8 } from 'node:buffer';
import { LedgerError } from '../../src/index.ts';

/** Far beyond the longest command; what comes without line feeds is not gathered in memory as one. */
const LONGEST_LINE = 16 * 1024 * 1024;
/** So many pieces of a line are joined into one: whoever sends a line byte by byte does not fill the memory with pieces. */
const PIECES = 1_024;
const LINE_FEED = 10;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * The lines of UTF-8 bytes, piece by piece, since to wait for every single line costs more than to read it. A line that is not UTF-8 ends them; the lines before it are given first. `source` is how
 * messages name where the bytes come from.
 * Errors: `query.invalid`, naming the source and the line.
 */
export async function* linesOf(bytes: AsyncIterable<Buffer>, source: string): AsyncIterable<Iterable<string>> {
  let rest: Buffer[] = [];
  let restSize = 0;
  let line = 0;
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end < 0) {
      rest.push(chunk);
      restSize += chunk.length;
      if (restSize > LONGEST_LINE) {
        throw new LedgerError('query.invalid', `${source} line ${line + 1} is longer than ${LONGEST_LINE} bytes`);
      }
      if (rest.length >= PIECES) rest = [Buffer.concat(rest)];
      continue;
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)]);
    yield decoded(whole, source, line);
    line += linesIn(whole);
    rest = [chunk.subarray(end + 1)];
    restSize = rest[0]?.length ?? 0;
  }
  if (restSize > 0) yield decoded(Buffer.concat(rest), source, line);
}

function linesIn(bytes: Buffer): number {
  let lines = 1;
  for (let feed = bytes.indexOf(LINE_FEED); feed >= 0; feed = bytes.indexOf(LINE_FEED, feed + 1)) lines += 1;
  return lines;
}

/** The lines of whole lines' bytes, `before` of which have been given. */
function* decoded(bytes: Buffer, source: string, before: number): Iterable<string> {
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
    if (!isUtf8(one)) throw new LedgerError('query.invalid', `${source} line ${line} is not UTF-8`);
    yield one.toString('utf8');
    start = feed + 1;
  }
}
