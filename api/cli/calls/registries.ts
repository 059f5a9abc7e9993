import type { RegistryFilter, RegistryName } from '../../../src/index.ts';
import { filterNamesOf, LedgerError, registryNames } from '../../../src/index.ts';
import type { Call, LedgerCallContext } from '../call.ts';
import { csvRecord } from '../csv.ts';
import type { OptionName, Options } from '../options.ts';
import { dayOption, pageOptions, pairOptions, refuseTogether } from '../options.ts';
import type { Column } from '../text-table.ts';
import { writeTable } from '../text-table.ts';
import { writeWholeFile } from '../write-file.ts';

/** What a registry shows in a table: its members by name or path, and a list that gives each of its items a row. */
interface Shape {
  readonly columns: readonly string[];
  readonly list?: { readonly member: string; readonly columns: readonly string[] };
}

const BANK = ['bank.bik', 'bank.account', 'bank.name'];
const FIGURES = ['nominal', 'available', 'blocked', 'charged', 'expired'];
const SHAPES: Readonly<Record<RegistryName, Shape>> = {
  payers: { columns: ['payerId', 'name', 'inn', 'kpp', 'zone', ...BANK] },
  periods: { columns: ['payerId', 'periodId', 'from', 'until', 'status'] },
  groups: {
    columns: ['payerId', 'groupId', 'name', 'kind', 'limitCount', 'limitAmount'],
    list: { member: 'nominals', columns: ['periodId', 'nominal'] },
  },
  providers: {
    columns: ['providerId', 'name', 'legalForm', 'inn', 'kpp', 'ogrn', 'status', 'suspendedFrom', ...BANK],
  },
  agreements: {
    columns: ['agreementId', 'payerId', 'providerId', 'number', 'date', 'from', 'until', 'totalLimit', 'inUse'],
  },
  programmes: {
    columns: ['programmeId', 'providerId', 'name', 'direction', 'certification', 'decidedOn', 'ageFrom', 'ageTo'],
    list: { member: 'modules', columns: ['moduleId', 'name', 'lessons', 'price', 'normativePrice'] },
  },
  certificates: {
    columns: [
      ...['certificateId', 'payerId', 'groupId', 'holderId', 'validFrom', 'validUntil'],
      ...['status', 'closedOn', 'closingReason'],
    ],
    list: { member: 'periods', columns: ['periodId', ...FIGURES] },
  },
  contracts: {
    columns: [
      ...['contractId', 'certificateId', 'payerId', 'groupId', 'periodId', 'providerId', 'programmeId', 'moduleId'],
      ...['agreementId', 'number', 'date', 'from', 'until', 'status', 'terminatedOn', 'releasedOn'],
      ...['price', 'share', 'parentShare', 'blocked', 'charged', 'released', 'lessonsCharged', 'lessons'],
    ],
  },
  advances: { columns: ['payerId', 'providerId', 'month', 'requestedOn', 'percent', 'amount'] },
  invoices: {
    columns: [
      ...['number', 'payerId', 'providerId', 'month', 'issuedOn', 'status', 'acceptedOn', 'paidOn', 'reason'],
      ...['services', 'corrections', 'carriedIn', 'advance', 'total', 'due', 'carriedOut'],
    ],
    list: {
      member: 'lines',
      columns: ['kind', 'month', 'contractId', 'contractNumber', 'contractDate', 'certificateId', 'lessons', 'amount'],
    },
  },
  refusals: { columns: ['contractId', 'lessonId', 'date', 'code', 'message', 'commandId'] },
};
const RIGHT = new Set([
  ...FIGURES,
  ...['limitCount', 'limitAmount', 'totalLimit', 'inUse', 'ageFrom', 'ageTo', 'lessons', 'price', 'normativePrice'],
  ...['share', 'parentShare', 'released', 'lessonsCharged', 'percent', 'amount'],
  ...['services', 'corrections', 'carriedIn', 'advance', 'total', 'due', 'carriedOut'],
]);
const FILTERS = [
  ...(['payer', 'period', 'group', 'provider', 'agreement', 'programme', 'certificate', 'contract'] as const),
  ...(['holder', 'number', 'status', 'kind', 'direction', 'legal-form', 'month', 'on'] as const),
] satisfies readonly OptionName[];

/** `registry NAME`: what is registered, narrowed by filters, page by page or whole (SPEC section 8). */
export const registry: Call = {
  name: 'registry',
  arguments: ['NAME'],
  options: ['json', 'csv', 'xlsx', 'fields', 'out', 'limit', 'after', 'personal', ...FILTERS],
  summary: 'what is registered, by its key: a table, one JSON object a line, CSV or a workbook',
  details: `Registries and their filters:
${registryNames.map((name) => `  ${name}: ${filterNamesOf(name).join(', ')}`).join('\n')}
--csv and --xlsx are for spreadsheets: Russian headings, dates and amounts, on standard output or in the file --out.
--csv --fields is for programs: names of fields, commas, decimal points (RFC 4180).
With --limit and --json the last line is {"next": CURSOR} while more follow; --after CURSOR goes on there.`,
  examples: [
    'registry contracts --provider cdt --status active',
    'registry certificates --payer uo --csv > certificates.csv',
    'registry contracts --xlsx --out contracts.xlsx',
    'registry programmes --status certified --limit 20 --json',
  ],
  reads: true,
  run,
};

async function run(context: LedgerCallContext): Promise<number> {
  const {
    ledger,
    arguments: [name = ''],
    options,
    output,
  } = context;
  refuseTogether(options, 'json', ['csv', 'xlsx']);
  refuseTogether(options, 'csv', ['xlsx']);
  const forPeople = options.xlsx === true || (options.csv === true && options.fields !== true);
  if (options.fields === true && options.csv !== true)
    throw new LedgerError('query.invalid', '--fields goes with --csv');
  if (options.out !== undefined && !forPeople) {
    throw new LedgerError('query.invalid', '--out goes with --xlsx, or --csv without --fields');
  }
  if (!isRegistry(name)) {
    throw new LedgerError('query.invalid', `there is no registry ${name}; there are ${registryNames.join(', ')}`);
  }
  const asked = {
    ...pageOptions(options),
    filter: filterOf(options),
    personal: options.personal === true,
  };
  if (options.json === true && asked.limit !== undefined) {
    const { items, next } = await ledger.registryPage(name, asked);
    for (const item of items) await output.json(item);
    if (next !== undefined) await output.json({ next });
    return 0;
  }
  const items = ledger.registry(name, asked) as AsyncIterable<object>;
  if (forPeople) {
    const { registryCsv, registryXlsx } = await import('../../documents/registry/render-registry.ts');
    await writeForPeople(options.xlsx ? registryXlsx(name, items) : registryCsv(name, items), context);
  } else if (options.json === true) for await (const item of items) await output.json(item);
  else if (options.csv === true) {
    await output.write(csvRecord(titlesOf(SHAPES[name])));
    for await (const row of rowsOf(items, SHAPES[name])) await output.write(csvRecord(row));
  } else await writeTable(titlesOf(SHAPES[name]).map(columnOf), rowsOf(items, SHAPES[name]), output);
  return 0;
}

async function writeForPeople(
  chunks: AsyncIterable<Uint8Array>,
  { options, output, interruption }: LedgerCallContext,
): Promise<void> {
  if (options.out === undefined) {
    if (options.xlsx === true && output.isTerminal) {
      throw new LedgerError('query.invalid', '--out FILE is missing: a workbook is nothing to read on a terminal');
    }
    for await (const chunk of chunks) await output.bytes(chunk);
    return;
  }
  await writeWholeFile(options.out, chunks, interruption);
}

function isRegistry(name: string): name is RegistryName {
  return Object.hasOwn(SHAPES, name);
}

function filterOf(options: Options): RegistryFilter<RegistryName> {
  const { provider, payer } = { provider: pairOptions(options).providerId, payer: pairOptions(options).payerId };
  const others = FILTERS.filter((name) => name !== 'provider' && name !== 'payer' && name !== 'on');
  const given = others.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]));
  return Object.fromEntries([
    ...(payer === undefined ? [] : [['payer', payer] as const]),
    ...(provider === undefined ? [] : [['provider', provider] as const]),
    ...Object.entries(dayOption(options)),
    ...given,
  ]);
}

function titlesOf({ columns, list }: Shape): readonly string[] {
  return [
    ...columns,
    ...(list?.columns ?? []).map((column) => (columns.includes(column) ? `${list?.member}.${column}` : column)),
  ];
}

async function* rowsOf(items: AsyncIterable<object>, { columns, list }: Shape): AsyncIterable<readonly string[]> {
  for await (const item of items) {
    const head = columns.map((path) => textAt(item, path));
    const listed = list === undefined ? [{}] : (memberOf(item, list.member) as readonly object[]);
    for (const one of listed.length === 0 ? [{}] : listed) {
      yield [...head, ...(list?.columns ?? []).map((path) => textAt(one, path))];
    }
  }
}

function textAt(item: object, path: string): string {
  const value = path.split('.').reduce<unknown>((part, member) => memberOf(part, member), item);
  return value === undefined ? '' : String(value);
}

function memberOf(value: unknown, member: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
}

function columnOf(title: string): Column {
  return { title, align: RIGHT.has(title.split('.').at(-1) ?? '') ? 'right' : 'left' };
}
