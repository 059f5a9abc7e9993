import { LedgerError, openLedger } from '../../src/index.ts';
import { runDemo } from './demo/run-demo.ts';
import { help } from './help.ts';
import { importFile } from './import-file.ts';
import type { Options } from './options.ts';
import { parseOptions } from './options.ts';
import { explain, issueInvoices, listInvoices, showBalance, showBalances, verifyLedger } from './questions.ts';

/** Runs one call of the command line and answers its exit code: 0 done, 1 some refused or wrong, 2 unreadable. */
export async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const { values, positionals } = parseOptions(args);
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
      case 'explain':
        return await explain(ledger, argument(rest, 'CERT'), values);
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
