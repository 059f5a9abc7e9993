import type { CopyPhase, LedgerCopy } from '../../../src/index.ts';
import { copyLedger, LedgerError } from '../../../src/index.ts';
import { serverOf } from '../../ledger-options.ts';
import type { Call, CallContext } from '../call.ts';
import type { Interruption } from '../interruption.ts';
import { Interrupted } from '../interruption.ts';
import type { OptionName, Options } from '../options.ts';
import type { ProgressBar } from '../progress.ts';
import { progressBar } from '../progress.ts';
import { textTable } from '../text-table.ts';

const LABELS: Readonly<Record<CopyPhase, string>> = {
  check: 'look at the target',
  copy: 'copy',
  compare: 'read the copy',
};

/** `copy`: a ledger into another store, or on with it. */
export const copy: Call = {
  name: 'copy',
  arguments: [],
  options: ['from', 'to', 'json'],
  summary: 'copies a ledger into another store, event by event as it is, and compares the two',
  details: `Either of the two may be a file or a server. The source is only read, and its writer may be at work: what is recorded
meanwhile is left for the next copy. The target is empty or holds an earlier copy, and nobody may use it meanwhile; one
with other events is refused before anything is written. Interrupted or killed, the same call goes on where it was.
Ends with the streams, their digest (that of verify on either side) and those of the read models (that of rebuild).
Exit codes: 0 both are the same; 1 they differ, or the target is another ledger; 2 a store that cannot be read or
written, or an interruption.`,
  examples: [
    "copy --from sqlite:ledger.db --to 'esdb://node1:2113,node2:2113,node3:2113?tls=true&ledger=region'",
    "copy --from 'esdb://127.0.0.1:2113?tls=false&ledger=region' --to sqlite:copy.db --json",
  ],
  reads: 'no ledger',
  run,
};

async function run({ options, output, interruption }: CallContext): Promise<number> {
  const from = storeOption(options, 'from');
  const to = storeOption(options, 'to');
  const bars = new Bars(interruption);
  const counted = process.stderr.isTTY === true;
  try {
    const server = serverOf(process.env);
    const copied = await copyLedger({ from, to, server, counted, progress: (...step) => bars.report(...step) });
    bars.clear();
    if (options.json === true) await output.json(copied);
    else await output.write(copyText(copied));
    return copied.ok ? 0 : 1;
  } finally {
    bars.clear();
  }
}

/** One bar after another, for each part of the work. */
class Bars {
  readonly #interruption: Interruption;
  #phase: CopyPhase | undefined;
  #bar: ProgressBar | undefined;

  constructor(interruption: Interruption) {
    this.#interruption = interruption;
  }

  report(phase: CopyPhase, done: number, total: number): void {
    if (phase !== this.#phase) {
      this.clear();
      this.#phase = phase;
      this.#bar = progressBar(LABELS[phase], 'events');
    }
    this.#bar?.report(done, total);
    const { signal } = this.#interruption;
    if (signal !== undefined)
      throw new Interrupted(signal, `(${LABELS[phase]}, ${done} events done); the same call goes on`);
  }

  clear(): void {
    this.#bar?.clear();
  }
}

function storeOption(options: Options, name: OptionName & ('from' | 'to')): string {
  const store = options[name];
  if (store === undefined) throw new LedgerError('query.invalid', `--${name} is missing: sqlite:FILE or esdb://…`);
  return store;
}

function copyText({
  ok,
  differences,
  upTo,
  streams,
  events,
  commands,
  appended,
  digest,
  projections,
}: LedgerCopy): string {
  const rows = [
    ['streams', String(streams), digest],
    ['events', String(events), `${appended} of them appended now, up to position ${upTo ?? 'none'} of the source`],
    ['commands', String(commands), ''],
    ...projections.map((one) => [one.projection, String(one.rows), one.digest]),
  ];
  const table = textTable([{ title: 'what' }, { title: 'how many', align: 'right' }, { title: 'digest' }], rows);
  const ending = ok ? 'both sides are the same\n' : differences.map((one) => `differs: ${one}\n`).join('');
  return `${table}${ending}`;
}
