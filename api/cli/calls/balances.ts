import type { Balance, ExplainedLine } from '../../../src/index.ts';
import type { Call } from '../call.ts';
import { pairOptions, pointInTime } from '../options.ts';
import type { Column } from '../text-table.ts';
import { textTable, writeTable } from '../text-table.ts';

const FIGURES = ['nominal', 'available', 'blocked', 'charged', 'expired'] as const;
const FIGURE_COLUMNS: readonly Column[] = FIGURES.map((title) => ({ title, align: 'right' }));
const PERIOD_COLUMNS: readonly Column[] = [{ title: 'period' }, ...FIGURE_COLUMNS];
const CONTRACT_COLUMNS: readonly Column[] = [
  { title: 'contract' },
  { title: 'period' },
  { title: 'status' },
  ...['share', 'blocked', 'charged', 'released', 'lessons'].map((title): Column => ({ title, align: 'right' })),
];

/** `balance CERT`: the figures of one certificate (SPEC section 10). */
export const balance: Call = {
  name: 'balance',
  arguments: ['CERT'],
  options: ['period', 'on', 'as-of', 'json'],
  summary: 'the figures of one certificate, on a day, as known at an instant',
  examples: ['balance 0017', 'balance 0017 --on 2020-09-30 --as-of 2020-10-01T00:00:00Z', 'balance 0017 --json'],
  reads: true,
  async run({ ledger, arguments: [certificateId = ''], options, output }) {
    const whole = await ledger.balance(certificateId, pointInTime(options));
    const { period } = options;
    const periods = whole.periods.filter(({ periodId }) => period === undefined || periodId === period);
    if (options.json === true) {
      await output.json({ ...whole, periods });
      return 0;
    }
    await output.line(`certificate ${certificateId}${whole.frozen ? ', frozen' : ''}\n`);
    const rows = periods.map((figures) => [figures.periodId, ...FIGURES.map((figure) => figures[figure])]);
    await output.write(textTable(PERIOD_COLUMNS, rows));
    const contracts = periods.flatMap((figures) => figures.contracts.map((one) => contractRow(figures.periodId, one)));
    if (contracts.length > 0) await output.write(`\n${textTable(CONTRACT_COLUMNS, contracts)}`);
    return 0;
  },
};

/** `balances`: the same of every certificate, one at a time (SPEC section 10). */
export const balances: Call = {
  name: 'balances',
  arguments: [],
  options: ['payer', 'on', 'as-of', 'json'],
  summary: 'the figures of every certificate, by certificateId',
  examples: ['balances --payer uo', 'balances --on 2020-12-31 --json > balances.jsonl'],
  reads: true,
  async run({ ledger, options, output }) {
    const { payerId } = pairOptions(options);
    const all = ledger.balances({ ...pointInTime(options), ...(payerId === undefined ? {} : { payerId }) });
    if (options.json === true) for await (const one of all) await output.json(one);
    else await writeTable([{ title: 'certificate' }, ...PERIOD_COLUMNS, { title: '' }], balanceRows(all), output);
    return 0;
  },
};

/** `explain CERT`: the events with their effects and running totals (SPEC section 10). */
export const explain: Call = {
  name: 'explain',
  arguments: ['CERT'],
  options: ['on', 'as-of', 'json'],
  summary: 'the events behind the figures of one certificate, with effects and running totals',
  examples: ['explain 0017', 'explain 0017 --on 2020-09-30 --json'],
  reads: true,
  async run({ ledger, arguments: [certificateId = ''], options, output }) {
    const lines = await ledger.explain(certificateId, pointInTime(options));
    if (options.json === true) await output.json(lines);
    else await output.write(explanationTable(lines));
    return 0;
  },
};

const EXPLAIN_COLUMNS: readonly Column[] = [
  { title: 'effective on' },
  { title: 'event' },
  { title: 'contract' },
  { title: 'effect' },
  ...FIGURE_COLUMNS,
];

/** An explanation as a table for people. */
export function explanationTable(lines: readonly ExplainedLine[]): string {
  return textTable(EXPLAIN_COLUMNS, lines.map(explainedRow));
}

async function* balanceRows(all: AsyncIterable<Balance>): AsyncIterable<readonly string[]> {
  for await (const { certificateId, periods, frozen } of all) {
    const note = frozen ? 'frozen' : '';
    if (periods.length === 0) yield [certificateId, '', ...FIGURES.map(() => ''), note];
    for (const figures of periods) {
      yield [certificateId, figures.periodId, ...FIGURES.map((figure) => figures[figure]), note];
    }
  }
}

function contractRow(periodId: string, contract: Balance['periods'][number]['contracts'][number]): string[] {
  const { contractId, status, share, blocked, charged, released, lessonsCharged, lessons } = contract;
  return [contractId, periodId, status, share, blocked, charged, released, `${lessonsCharged}/${lessons}`];
}

function explainedRow({ effectiveOn, type, contractId = '', effect, totals }: ExplainedLine): string[] {
  const changed = FIGURES.filter((figure) => effect !== undefined && effect[figure] !== '0.00');
  const effects = changed.map((figure) => `${figure} ${signed(effect?.[figure] ?? '')}`).join(', ');
  return [effectiveOn, type, contractId, effects, ...FIGURES.map((figure) => totals?.[figure] ?? '')];
}

function signed(amount: string): string {
  return amount.startsWith('-') ? amount : `+${amount}`;
}
