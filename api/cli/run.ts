import { parseArgs } from 'node:util';
import { LedgerError, openLedger } from '../../src/index.ts';
import { runDemo } from './demo/run-demo.ts';
import { help } from './help.ts';
import { importFile } from './import-file.ts';
import { issueInvoices, listInvoices, showBalance, showBalances, verifyLedger } from './questions.ts';

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
export type Options = ReturnType<typeof parsed>['values'];

/** Runs one call of the command line and answers its exit code: 0 done, 1 some refused or wrong, 2 unreadable. */
export async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const { values, positionals } = parsed(args);
  const [call, ...rest] = positionals;
  if (values.help === true || call === undefined) {
    process.stdout.write(help);
    return call === undefined && values.help !== true ? 2 : 0;
  }
  if (call === 'demo') return runDemo(values.out ?? 'out', Number(values.seed ?? 1));
  const ledger = await openLedger({ store: storeOf(values, environment) });
  try {
    switch (call) {
      case 'import':
        return await importFile(ledger, argument(rest, 'FILE'), values);
      case 'balance':
        return await showBalance(ledger, argument(rest, 'CERT'), values);
      case 'balances':
        return await showBalances(ledger, values);
      case 'invoices':
        return rest[0] === 'issue' ? await issueInvoices(ledger, values) : await listInvoices(ledger, rest, values);
      case 'verify':
        return await verifyLedger(ledger, values);
      case 'rebuild':
        await ledger.rebuild();
        return 0;
      default:
        throw new LedgerError('query.invalid', `there is no call ${call}; --help lists them`);
    }
  } finally {
    await ledger.close();
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LedgerError('query.invalid', error.message, { cause: error });
  }
}

/** A flag beats the environment; `--db FILE` names the file of the embedded ledger. */
function storeOf({ store, db }: Options, environment: NodeJS.ProcessEnv): string {
  if (store !== undefined) return store;
  if (db !== undefined) return `sqlite:${db}`;
  return environment.LEDGER_STORE ?? `sqlite:${environment.LEDGER_DB ?? 'ledger.db'}`;
}

function argument([value]: readonly string[], name: string): string {
  if (value === undefined) throw new LedgerError('query.invalid', `${name} is missing; --help shows the call`);
  return value;
}
