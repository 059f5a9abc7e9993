import type { Coverage } from '../../../src/index.ts';
import type { Call } from '../call.ts';
import { dayOption, pairOptions } from '../options.ts';
import type { Column } from '../text-table.ts';
import { writeTable } from '../text-table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'payer' },
  { title: 'group' },
  { title: 'on' },
  ...['certificates', 'funded', '%', 'children', 'with a contract', '%'].map((title): Column => {
    return { title, align: 'right' };
  }),
];

/** `coverage`: how far children are reached (SPEC section 8). */
export const coverage: Call = {
  name: 'coverage',
  arguments: [],
  options: ['payer', 'on', 'json'],
  summary: 'certificates in force, of them funded, children with a live contract, per payer and group',
  examples: ['coverage --payer uo', 'coverage --on 2020-12-31 --json'],
  reads: true,
  async run({ ledger, options, output }) {
    const { payerId } = pairOptions(options);
    const figures = ledger.coverage({ ...dayOption(options), ...(payerId === undefined ? {} : { payerId }) });
    if (options.json === true) for await (const one of figures) await output.json(one);
    else await writeTable(COLUMNS, rowsOf(figures), output);
    return 0;
  },
};

async function* rowsOf(figures: AsyncIterable<Coverage>): AsyncIterable<readonly string[]> {
  for await (const { payerId, groupId = '(all)', on, ...reached } of figures) {
    const { certificates, funded, fundedPercent = '', children, childrenWithContract, contractPercent = '' } = reached;
    const counts = [String(certificates), String(funded), fundedPercent, String(children)];
    yield [payerId, groupId, on, ...counts, String(childrenWithContract), contractPercent];
  }
}
