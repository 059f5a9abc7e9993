import { LedgerError } from '../../../src/index.ts';
import { ImportRun } from '../../imports/import-run.ts';
import type { Call, LedgerCallContext } from '../call.ts';
import { commandLines } from '../command-lines.ts';
import { Interrupted } from '../interruption.ts';
import { progressBar } from '../progress.ts';

export const importFile: Call = {
  name: 'import',
  arguments: ['FILE'],
  options: ['clock', 'stop-on-error'],
  summary: 'runs a command file, one JSON object a line; a result line for each on stdout',
  details: `A line that is not JSON or breaks a rule is reported and the rest is done. Every command counts once by its id, so
a file sent again after an interruption replays what was done and goes on. Exit codes: 0 all done, 1 some
refused, 2 an unreadable file, a line that is not JSON, or an interruption.`,
  examples: ['import town.jsonl', 'import history.jsonl --clock file --stop-on-error'],
  reads: false,
  run,
};

/** A result line is printed when what it tells is durable (SPEC section 10). */
async function run({ ledger, arguments: [file = ''], options, output, interruption }: LedgerCallContext) {
  const historic = options.clock === 'file';
  if (options.clock !== undefined && !historic) throw new LedgerError('query.invalid', '--clock takes only: file');
  const { size, done, pieces } = commandLines(file);
  const bar = progressBar('import', 'bytes', output.isTerminal ? { write: () => true } : process.stderr);
  const imported = new ImportRun(ledger, {
    historic,
    stopOnError: options['stop-on-error'] === true,
    async tell(results) {
      await output.offer(results);
      bar.report(done(), size);
    },
    goOn(line) {
      if (interruption.signal !== undefined) throw new Interrupted(interruption.signal, `after line ${line}`);
    },
  });
  try {
    const { refused, unreadable } = await imported.run(pieces);
    if (unreadable > 0) return 2;
    return refused > 0 ? 1 : 0;
  } finally {
    bar.clear();
  }
}
