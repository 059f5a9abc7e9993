import { parseArgs } from 'node:util';
import { LedgerError } from '../../src/index.ts';

const OPTIONS = {
  store: { type: 'string' },
  db: { type: 'string' },
  clock: { type: 'string' },
  'stop-on-error': { type: 'boolean' },
  json: { type: 'boolean' },
  on: { type: 'string' },
  'as-of': { type: 'string' },
  period: { type: 'string' },
  payer: { type: 'string' },
  provider: { type: 'string' },
  month: { type: 'string' },
  id: { type: 'string' },
  expect: { type: 'string' },
  out: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The options of every call; each call uses those its help names. */
export type Options = ReturnType<typeof parseOptions>['values'];

/** Reads the arguments of a call; an unknown flag is an error that names it. */
export function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LedgerError('query.invalid', error.message, { cause: error });
  }
}
