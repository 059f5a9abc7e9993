import type { Ledger } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { parseInstant } from '../../../src/kernel/instant.ts';
import type { Call, LedgerCallContext } from '../call.ts';
import { commandLines } from '../command-lines.ts';
import { Interrupted } from '../interruption.ts';
import { jsonObject } from '../json-object.ts';
import { progressBar } from '../progress.ts';

/** How many commands share one wait for the disk. */
const COMMANDS_PER_COMMIT = 1_000;

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
  let exitCode = 0;
  let line = 0;
  const results: string[] = [];
  const print = async () => {
    await ledger.flush();
    await output.offer(results.splice(0).join(''));
    bar.report(done(), size);
  };
  /** Answers whether to go on. */
  const take = async (text: string) => {
    line += 1;
    if (text.trim() === '') return true;
    const { answer, code } = await resultOf(ledger, text, historic);
    results.push(`${JSON.stringify({ line, ...answer })}\n`);
    exitCode = Math.max(exitCode, code);
    if (results.length >= COMMANDS_PER_COMMIT) await print();
    if (code > 0 && options['stop-on-error'] === true) return false;
    if (interruption.signal !== undefined) throw new Interrupted(interruption.signal, `after line ${line}`);
    return true;
  };
  try {
    await takeAll(pieces, take);
  } finally {
    // Whatever ends the run, the commands before it are done, and their results are told.
    await print();
    bar.clear();
  }
  return exitCode;
}

async function takeAll(pieces: AsyncIterable<Iterable<string>>, take: (text: string) => Promise<boolean>) {
  for await (const lines of pieces) {
    for (const text of lines) if (!(await take(text))) return;
  }
}

async function resultOf(ledger: Ledger, text: string, historic: boolean) {
  let id: unknown;
  let code = 2;
  try {
    const parsed = jsonObject(text);
    id = parsed.id;
    code = 1;
    const { command, at } = withClock(parsed, historic);
    const { id: _, ...done } = await ledger.executeUnknown(command, {
      durable: false,
      ...(at === undefined ? {} : { at }),
    });
    return { answer: { id, ok: true, ...done }, code: 0 };
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code.startsWith('store.')) throw error;
    return { answer: { id, ok: false, error: { code: error.code, message: error.message } }, code };
  }
}

function withClock({ at, ...command }: Record<string, unknown>, historic: boolean) {
  if (!historic) {
    if (at !== undefined) throw new LedgerError('command.invalid', 'at: is taken only with --clock file');
    return { command };
  }
  const instant = typeof at === 'string' ? parseInstant(at) : undefined;
  if (instant === undefined)
    throw new LedgerError('command.invalid', 'at: is missing or no instant of the form YYYY-MM-DDThh:mm:ssZ');
  return { command, at: instant };
}
