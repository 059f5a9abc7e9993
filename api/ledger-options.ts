import type { LedgerOptions } from '../src/index.ts';

/** How the environment and the flags of the command line name a ledger. */
export interface NamedLedger {
  /** `sqlite:FILE` or `memory:`; beside another store than the default, `db` is the file of the read models. */
  readonly store?: string | undefined;
  readonly db?: string | undefined;
}

/**
 * A flag beats the environment. `db` names the ledger's file; beside another store it names that of the read models. A
 * ledger in memory cannot be opened by two, so it is opened for writing whatever is asked.
 */
export function ledgerOptions(
  { store, db }: NamedLedger,
  environment: NodeJS.ProcessEnv,
  readOnly: boolean,
): LedgerOptions {
  const file = db ?? given(environment.LEDGER_DB);
  const chosen = store ?? (db === undefined ? given(environment.LEDGER_STORE) : undefined);
  if (chosen === undefined) return { store: `sqlite:${file ?? 'ledger.db'}`, readOnly };
  const readModels = file === undefined || chosen === `sqlite:${file}` ? {} : { readModels: file };
  return { store: chosen, readOnly: readOnly && chosen !== 'memory:', ...readModels };
}

/** A line `NAME=` of an environment file leaves the setting to its default. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
