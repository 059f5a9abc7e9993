import { LedgerError, openLedger } from '../../src/index.ts';
import { ledgerOptions } from '../ledger-options.ts';
import type { Call } from './call.ts';
import { optionsOf } from './call.ts';
import { allCalls, callOf } from './calls.ts';
import { exitCodeOf } from './exit-code.ts';
import { helpOf, overview } from './help.ts';
import { Interrupted, Interruption } from './interruption.ts';
import { parseWords, refuseOtherOptions } from './options.ts';
import { Output, ReaderGone } from './output.ts';

/** Runs one call of the command line and answers its exit code: 0 done, 1 refused or wrong, 2 unreadable. */
export async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const interruption = new Interruption();
  const output = new Output(process.stdout, interruption);
  try {
    const exitCode = await answer(args, environment, output, interruption);
    await output.flush();
    return exitCode;
  } catch (error) {
    // Nobody is left to be told anything.
    if (error instanceof ReaderGone) return 0;
    if (error instanceof Interrupted) {
      process.stderr.write(`${error.message}; what was answered is done, the rest is not begun\n`);
      return 2;
    }
    if (!(error instanceof LedgerError)) throw error;
    await output.flush();
    process.stderr.write(`${error.code}: ${error.message}\n`);
    return exitCodeOf(error.code);
  } finally {
    interruption.stop();
  }
}

async function answer(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  output: Output,
  interruption: Interruption,
): Promise<number> {
  const { words: given, options } = parseWords(args);
  const wantsHelp = options.help === true || given[0] === 'help';
  const words = given[0] === 'help' ? given.slice(1) : given;
  if (words.length === 0) {
    await output.write(overview(await allCalls()));
    return wantsHelp ? 0 : 2;
  }
  const call = await callOf(words);
  if (call === undefined) {
    throw new LedgerError('query.invalid', `there is no call ${words.join(' ')}; --help lists them`);
  }
  if (wantsHelp) {
    await output.write(helpOf(call));
    return 0;
  }
  refuseOtherOptions(options, call.name, optionsOf(call));
  const context = { arguments: argumentsOf(call, words), options, environment, output, interruption };
  if (call.reads === 'no ledger') return call.run(context);
  const readOnly = typeof call.reads === 'boolean' ? call.reads : call.reads(options);
  const ledger = await openLedger(ledgerOptions(options, environment, readOnly));
  try {
    return await call.run({ ...context, ledger });
  } finally {
    await ledger.close();
  }
}

function argumentsOf({ name, arguments: wanted }: Call, words: readonly string[]): readonly string[] {
  const given = words.slice(name.split(' ').length);
  const missing = wanted[given.length];
  if (missing !== undefined)
    throw new LedgerError('query.invalid', `${name}: ${missing} is missing; --help shows the call`);
  const extra = given[wanted.length];
  if (extra !== undefined)
    throw new LedgerError('query.invalid', `${name} does not take ${extra}; --help shows the call`);
  return given;
}
