import { readFileSync } from 'node:fs';
import type { LedgerOptions } from '../src/index.ts';
import { LedgerError } from '../src/index.ts';

/** How the environment and the flags of the command line name a ledger. */
export interface NamedLedger {
  /** `sqlite:FILE` or `memory:`; beside another store than the default, `db` is the file of the read models. */
  readonly store?: string | undefined;
  readonly db?: string | undefined;
}

/**
 * A flag beats the environment. `db` names the ledger's file; beside another store, and beside a server of the environment, it
 * names that of the read models: who has set a server does not mean another ledger by a file. A ledger in memory cannot be opened by two, so it is opened for writing whatever is asked.
 */
export function ledgerOptions(
  { store, db }: NamedLedger,
  environment: NodeJS.ProcessEnv,
  readOnly: boolean,
): LedgerOptions {
  const file = db ?? given(environment.LEDGER_DB);
  const set = given(environment.LEDGER_STORE);
  const chosen = store ?? (db === undefined || set?.startsWith('esdb') ? set : undefined);
  if (chosen === undefined) return { store: `sqlite:${file ?? 'ledger.db'}`, readOnly };
  const readModels = file === undefined || chosen === `sqlite:${file}` ? {} : { readModels: file };
  const server = chosen.startsWith('esdb') ? { server: serverOf(environment) } : {};
  return { store: chosen, readOnly: readOnly && chosen !== 'memory:', ...readModels, ...server };
}

/**
 * Who enters the server of the store, and by which certificate authority it is known. A password may stand in a file, as
 * those who run containers hand it over. Errors: `query.invalid`.
 */
export function serverOf(environment: NodeJS.ProcessEnv): NonNullable<LedgerOptions['server']> {
  const file = given(environment.LEDGER_STORE_PASSWORD_FILE);
  return {
    username: given(environment.LEDGER_STORE_USERNAME),
    password: given(environment.LEDGER_STORE_PASSWORD) ?? (file === undefined ? undefined : passwordIn(file)),
    caFile: given(environment.LEDGER_STORE_CA_FILE),
  };
}

function passwordIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const sentence = `LEDGER_STORE_PASSWORD_FILE: ${file} cannot be read: ${error.message}`;
    throw new LedgerError('query.invalid', sentence, { cause: error });
  }
}

/** A line `NAME=` of an environment file leaves the setting to its default. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
