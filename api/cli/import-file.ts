import { createReadStream, statSync } from 'node:fs';
import type { Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import { parseInstant } from '../../src/kernel/instant.ts';
import type { Options } from './options.ts';

/** How many commands share one wait for the disk. */
const COMMANDS_PER_COMMIT = 1_000;

/** How much is read at once: every reading lets the store commit, so a small piece would make small commits. */
const BYTES_PER_READING = 1024 * 1024;

/** Runs a command file; a result line is printed when what it tells is durable (SPEC section 10). */
export async function importFile(ledger: Ledger, file: string, options: Options): Promise<number> {
  const historic = options.clock === 'file';
  if (options.clock !== undefined && !historic) throw new LedgerError('query.invalid', '--clock takes only: file');
  let exitCode = 0;
  let line = 0;
  let waiting: string[] = [];
  const print = async () => {
    await ledger.flush();
    process.stdout.write(waiting.join(''));
    waiting = [];
  };
  for await (const text of linesOf(file)) {
    line += 1;
    if (text.trim() === '') continue;
    const { answer, code } = await resultOf(ledger, text, historic);
    waiting.push(`${JSON.stringify({ line, ...answer })}\n`);
    exitCode = Math.max(exitCode, code);
    if (waiting.length >= COMMANDS_PER_COMMIT) await print();
    if (code > 0 && options['stop-on-error'] === true) break;
  }
  await print();
  return exitCode;
}

async function resultOf(ledger: Ledger, text: string, historic: boolean) {
  let id: unknown;
  let code = 2;
  try {
    const parsed = objectOf(text);
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

function objectOf(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new LedgerError('command.invalid', `the line is not JSON: ${error.message}`, { cause: error });
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  throw new LedgerError('command.invalid', 'the line is not a JSON object');
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

/** The lines of a UTF-8 file; a byte that is not UTF-8 ends the run before its line. */
async function* linesOf(file: string): AsyncIterable<string> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new LedgerError('query.invalid', `there is no file ${file}`);
  if (stats.isDirectory()) throw new LedgerError('query.invalid', `${file} is a directory, not a command file`);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: BYTES_PER_READING })) {
      rest += decoder.decode(chunk as Buffer, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    rest += decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LedgerError('query.invalid', `${file} is not UTF-8`, { cause: error });
  }
  if (rest !== '') yield rest;
}
