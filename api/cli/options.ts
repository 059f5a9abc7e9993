import { parseArgs } from 'node:util';
import { LedgerError } from '../../src/index.ts';
import { isCivilDate, isCivilMonth } from '../../src/kernel/civil-date.ts';
import { parseInstant } from '../../src/kernel/instant.ts';

/** What the help says of an option; one with a `value` takes one of that name. */
interface OptionAbout {
  readonly value?: string;
  readonly about: string;
}

const ABOUT = {
  db: { value: 'FILE', about: "the ledger's file (LEDGER_DB, otherwise ledger.db)" },
  store: { value: 'STORE', about: 'sqlite:FILE, memory: or esdb://… (LEDGER_STORE)' },
  help: { about: 'shows this' },
  from: { value: 'STORE', about: 'the ledger that is copied: sqlite:FILE or esdb://…[&ledger=NAME]' },
  to: { value: 'STORE', about: 'where it is copied to, likewise' },
  host: { value: 'HOST', about: 'the address to listen on (HOST, otherwise 127.0.0.1)' },
  port: { value: 'PORT', about: 'the port to listen on (PORT, otherwise 3000)' },
  'log-level': {
    value: 'LEVEL',
    about: 'fatal, error, warn, info, debug, trace or silent (LOG_LEVEL, otherwise info)',
  },
  json: { about: 'for machines: one JSON object a line' },
  csv: { about: 'for spreadsheets: headings, semicolons, decimal commas' },
  xlsx: { about: 'for spreadsheets: a workbook' },
  fields: { about: 'with --csv: for programs, names of fields, RFC 4180' },
  personal: { about: 'also fields that disclose a person' },
  limit: { value: 'N', about: 'at most so many' },
  after: { value: 'CURSOR', about: 'goes on behind an earlier answer' },
  on: { value: 'D', about: 'the day, YYYY-MM-DD' },
  'as-of': { value: 'T', about: 'as known at an instant, YYYY-MM-DDThh:mm:ssZ' },
  month: { value: 'M', about: 'the month, YYYY-MM' },
  id: { value: 'ID', about: 'the id of the command, otherwise a fresh one' },
  clock: { value: 'file', about: "each line's `at` is the clock, for history that is moved in" },
  'dry-run': { about: 'only tells what would happen' },
  'stop-on-error': { about: 'stops at the first line that is refused' },
  expect: { value: 'FILE', about: 'an earlier `verify --json`; what stood then must stand now' },
  events: { about: 'with the events behind each line' },
  projection: { value: 'NAME', about: 'one read model instead of all' },
  out: { value: 'PATH', about: 'the file or folder that is written' },
  format: { value: 'F', about: 'pdf, xlsx or csv; several with commas between them' },
  seed: { value: 'N', about: 'another number, another town (1)' },
  payer: { value: 'ID', about: 'of one payer' },
  period: { value: 'ID', about: 'of one funding period' },
  group: { value: 'ID', about: 'of one certificate group' },
  provider: { value: 'ID', about: 'of one provider' },
  agreement: { value: 'ID', about: 'of one agreement' },
  programme: { value: 'ID', about: 'of one programme' },
  certificate: { value: 'ID', about: 'of one certificate' },
  contract: { value: 'ID', about: 'of one contract' },
  holder: { value: 'ID', about: 'of one holder' },
  number: { value: 'TEXT', about: "by the document's number" },
  status: { value: 'STATUS', about: 'by its state' },
  kind: { value: 'KIND', about: 'funding or accounting' },
  direction: { value: 'TEXT', about: "by the programme's direction" },
  role: { value: 'ROLE', about: 'operator, payer, provider or auditor' },
  name: { value: 'ID', about: 'the name of a key, otherwise a fresh one' },
  'legal-form': { value: 'FORM', about: 'organisation or entrepreneur' },
} as const satisfies Record<string, OptionAbout>;

/** The name of an option. */
export type OptionName = keyof typeof ABOUT;

/** The options of one call; what was not given is not there. */
export type Options = {
  readonly [Name in OptionName]?: (typeof ABOUT)[Name] extends { readonly value: string } ? string : true;
};

/** Taken by every call that works on a ledger. */
export const LEDGER_OPTIONS = ['db', 'store'] as const satisfies readonly OptionName[];
/** Taken by every call. */
export const GLOBAL_OPTIONS = ['help'] as const satisfies readonly OptionName[];

/** Reads the words and options of a call, whichever it is. Errors: `query.invalid` for an option no call has. */
export function parseWords(args: readonly string[]): { readonly words: readonly string[]; readonly options: Options } {
  const known = Object.entries<OptionAbout>(ABOUT).map(([name, { value }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', ...(name === 'help' ? { short: 'h' } : {}) } as const,
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: Object.fromEntries(known),
      allowPositionals: true,
    });
    for (const [name, value] of Object.entries(values)) {
      if (value === '') throw new LedgerError('query.invalid', `--${name} is empty`);
    }
    return { words: positionals, options: values as Options };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LedgerError('query.invalid', firstSentence(error.message), { cause: error });
  }
}

/** Refuses an option that the call would ignore. */
export function refuseOtherOptions(options: Options, call: string, taken: readonly OptionName[]): void {
  for (const name of Object.keys(options) as OptionName[]) {
    if (taken.includes(name)) continue;
    const known = taken.map((option) => `--${option}`).join(', ');
    throw new LedgerError('query.invalid', `${call} takes no --${name}; it takes ${known}`);
  }
}

/** Refuses options that say something else about the same answer. */
export function refuseTogether(options: Options, one: OptionName, others: readonly OptionName[]): void {
  const given = options[one] === undefined ? undefined : others.find((name) => options[name] !== undefined);
  if (given !== undefined) throw new LedgerError('query.invalid', `--${one} and --${given} exclude each other`);
}

/** An option as a synopsis shows it: `--on D`. */
export function optionSynopsis(name: OptionName): string {
  const { value }: OptionAbout = ABOUT[name];
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** What the help says of an option. */
export function optionAbout(name: OptionName): string {
  return ABOUT[name].about;
}

/** `--on`, a civil date. */
export function dayOption({ on }: Options): { readonly on?: string } {
  if (on === undefined) return {};
  if (!isCivilDate(on)) throw new LedgerError('query.invalid', `--on ${on} is no date YYYY-MM-DD`);
  return { on };
}

/** `--month`, which has to be there. */
export function monthOption({ month }: Options): string {
  if (month === undefined) throw new LedgerError('query.invalid', '--month is missing');
  if (!isCivilMonth(month)) throw new LedgerError('query.invalid', `--month ${month} is no month YYYY-MM`);
  return month;
}

/** `--payer` and `--provider`. */
export function pairOptions({ payer, provider }: Options): { readonly payerId?: string; readonly providerId?: string } {
  return {
    ...(payer === undefined ? {} : { payerId: payer }),
    ...(provider === undefined ? {} : { providerId: provider }),
  };
}

/** `--on` and `--as-of`. */
export function pointInTime(options: Options): { readonly on?: string; readonly asOf?: string } {
  const { 'as-of': text } = options;
  const asOf = text === undefined ? undefined : parseInstant(text);
  if (text !== undefined && asOf === undefined) {
    throw new LedgerError('query.invalid', `--as-of ${text} is no instant YYYY-MM-DDThh:mm:ssZ`);
  }
  return { ...dayOption(options), ...(asOf === undefined ? {} : { asOf }) };
}

/** `--limit` and `--after`. */
export function pageOptions({ limit, after }: Options): { readonly limit?: number; readonly after?: string } {
  return {
    ...(limit === undefined ? {} : { limit: wholeNumber('limit', limit, 1) }),
    ...(after === undefined ? {} : { after }),
  };
}

/** A whole number in digits, not below `least`. */
export function wholeNumber(name: OptionName, text: string, least: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least) return number;
  throw new LedgerError('query.invalid', `--${name} ${text} is no whole number from ${least} on`);
}

function firstSentence(text: string): string {
  return text.split(/\.\s/)[0] ?? text;
}
