import type { LogStream } from './logging.ts';

/**
 * Writes the lines of one turn of the event loop together: a write for each of them costs more than to make them. What is
 * left is written before the process ends, unless it is killed.
 */
export function bufferedLines(output: NodeJS.WriteStream): LogStream {
  let waiting = '';
  const flush = () => {
    if (waiting === '') return;
    output.write(waiting);
    waiting = '';
  };
  process.once('exit', flush);
  // Whoever read the log is gone; those who are served are not.
  output.on('error', () => undefined);
  return {
    write(line) {
      if (waiting === '') setImmediate(flush);
      waiting += line;
    },
  };
}
