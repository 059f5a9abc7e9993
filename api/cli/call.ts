import type { Ledger } from '../../src/index.ts';
import type { Interruption } from './interruption.ts';
import type { OptionName, Options } from './options.ts';
import { GLOBAL_OPTIONS, LEDGER_OPTIONS } from './options.ts';
import type { Output } from './output.ts';

/** What every call is given. */
export interface CallContext {
  /** The words after the call's name, as many as it has {@link CallHead.arguments}. */
  readonly arguments: readonly string[];
  readonly options: Options;
  readonly environment: NodeJS.ProcessEnv;
  readonly output: Output;
  readonly interruption: Interruption;
}

/** What a call that works on a ledger is given. */
export interface LedgerCallContext extends CallContext {
  readonly ledger: Ledger;
}

interface CallHead {
  /** The words that call it: `balance`, `invoices issue`. */
  readonly name: string;
  /** What has to follow, as the help names it: `CERT`. */
  readonly arguments: readonly string[];
  readonly options: readonly OptionName[];
  /** One line. */
  readonly summary: string;
  /** What the help of this call says besides. */
  readonly details?: string;
  /** Without the name of the program. */
  readonly examples: readonly string[];
}

/** A call of the command line; each answers its exit code: 0 done, 1 some refused or something wrong. */
export type Call = CallHead &
  (
    | {
        /** Whether it only reads, so that it can run beside the one process that writes; an option may decide. */
        readonly reads: boolean | ((options: Options) => boolean);
        run(context: LedgerCallContext): Promise<number>;
      }
    | {
        /** Makes a ledger of its own, or needs none. */
        readonly reads: 'no ledger';
        run(context: CallContext): Promise<number>;
      }
  );

/** Every option a call takes: one that makes a ledger of its own, or needs none, names no other. */
export function optionsOf({ options, reads }: Call): readonly OptionName[] {
  return [...options, ...(reads === 'no ledger' ? [] : LEDGER_OPTIONS), ...GLOBAL_OPTIONS];
}
