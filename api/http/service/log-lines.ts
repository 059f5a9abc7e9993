import type { LogStream } from './logging.ts';

/** For so many milliseconds lines wait for others. */
const PAUSE = 10;
/** As many characters as are written at once do not wait for more. */
const ENOUGH = 16_384;

/**
 * Writes the lines of a few milliseconds together: a write for each of them costs more than to make them. What is left is
 * written before the process ends, unless it is killed.
 */
export function bufferedLines(output: NodeJS.WriteStream): LogStream {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === '') return;
    output.write(waiting);
    waiting = '';
  };
  process.once('exit', flush);
  // Whoever read the log is gone; those who are served are not.
  output.on('error', () => undefined);
  return {
    write(line) {
      waiting += line;
      if (waiting.length >= ENOUGH) flush();
      else timer ??= setTimeout(flush, PAUSE);
    },
  };
}
