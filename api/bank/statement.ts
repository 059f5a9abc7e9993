import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { LedgerError } from '../../src/index.ts';
import { isCivilDate } from '../../src/kernel/civil-date.ts';
import { formatMoney, parseMoney } from '../../src/kernel/money.ts';
import { ENCODING, END_OF_FILE, FIRST_LINE, SECTIONS } from './exchange-file.ts';
import { decodeWindows1251, firstUnknownByte } from './windows-1251.ts';

/** A document of a bank's statement. Dates are civil dates, the amount a decimal string. */
export interface StatementDocument {
  /** The line of the file its section begins on. */
  readonly line: number;
  /** SHA-256 of the section, base64url: the same document in another statement has the same. */
  readonly digest: string;
  readonly number: string;
  readonly date: string;
  readonly amount: string;
  /** When the money left the payer's account or reached the payee's; left out while it has done neither. */
  readonly executedOn?: string;
  readonly purpose: string;
  readonly payer: StatementParty;
  readonly payee: StatementParty;
}

/** Who pays or is paid, as the document names them; what it does not name is left out. */
export interface StatementParty {
  readonly inn?: string;
  /** One of its own, and beside it that of the bank through which it is settled. */
  readonly accounts: readonly string[];
}

/** 1.03 says nothing else of payment orders than 1.02, which banks still write. */
const VERSIONS = ['1.02', '1.03'];
/** What the other code pages of such files decode to is no word of these letters. */
const KEY = /^[А-Яа-яЁё][А-Яа-яЁё0-9]*$/;
const LINE_FEED = 10;

type Fields = Map<string, { readonly value: string; readonly line: number }>;

interface OpenSection {
  readonly line: number;
  readonly ends: string;
  readonly lines: string[];
  readonly fields: Fields;
}

/**
 * Reads the documents of a statement in 1CClientBankExchange, windows-1251.
 * Errors: `query.invalid`, naming the line, for another encoding, an unknown version, a section that is not whole, a line
 * that is none, and a document without number, date or amount.
 */
export function parseStatement(bytes: Uint8Array): readonly StatementDocument[] {
  refuseOtherEncoding(bytes);
  const lines = decodeWindows1251(bytes).split('\n');
  const documents: StatementDocument[] = [];
  const header: Fields = new Map();
  let section: OpenSection | undefined;
  let ended = false;
  for (const [index, text] of lines.entries()) {
    const [line, content] = [index + 1, text.trim()];
    if (line === 1 && content !== FIRST_LINE) refuse(line, `the file does not begin with ${FIRST_LINE}`);
    if (line === 1 || content === '') continue;
    if (ended) refuse(line, `something follows ${END_OF_FILE}`);
    if (section !== undefined) {
      section.lines.push(content);
      if (content === section.ends) {
        if (section.ends === SECTIONS.document.ends) documents.push(documentOf(section));
        section = undefined;
      } else addField(section.fields, content, line, section);
      continue;
    }
    section = beginningOf(content, line);
    ended = content === END_OF_FILE;
    if (section !== undefined || ended) refuseHeader(header, line);
    else addField(header, content, line);
  }
  if (section !== undefined) refuse(lines.length, `the section of line ${section.line} has no ${section.ends}`);
  if (!ended) refuse(lines.length, `the file has no ${END_OF_FILE}, so its end is missing`);
  return documents;
}

/** The section a line begins, if it begins one; the end of one that is not open is refused. */
function beginningOf(content: string, line: number): OpenSection | undefined {
  const [word] = content.split('=', 1);
  for (const { begins, ends } of Object.values(SECTIONS)) {
    if (word === begins) return { line, ends, lines: [content], fields: new Map() };
    if (content === ends) refuse(line, `${ends} without a section that is open`);
  }
  return undefined;
}

/** Keeps a line `name=value`. Of the accounts a header lists there may be several. */
function addField(fields: Fields, content: string, line: number, section?: OpenSection): void {
  const split = content.indexOf('=');
  const name = split < 0 ? content : content.slice(0, split);
  const inSection = section === undefined ? '' : `, in the section of line ${section.line}`;
  const opens = Object.values(SECTIONS).some(({ begins, ends }) => name === begins || name === ends);
  if (section !== undefined && (opens || name === END_OF_FILE)) {
    refuse(line, `${name} before ${section.ends} of the section of line ${section.line}`);
  }
  if (split < 0 || !KEY.test(name)) refuse(line, `no line of the form name=value in windows-1251${inSection}`);
  if (section?.ends === SECTIONS.document.ends && fields.has(name)) refuse(line, `${name} is there twice${inSection}`);
  fields.set(name, { value: content.slice(split + 1).trim(), line });
}

function refuseHeader(header: Fields, line: number): void {
  const version = header.get('ВерсияФормата');
  const encoding = header.get('Кодировка');
  if (version === undefined) refuse(line, 'the header has no ВерсияФормата');
  if (!VERSIONS.includes(version.value)) {
    refuse(version.line, `version ${version.value} of the format; ${VERSIONS.join(' and ')} are read`);
  }
  if (encoding === undefined) refuse(line, 'the header has no Кодировка');
  if (encoding.value !== ENCODING) refuse(encoding.line, `the encoding is ${encoding.value}, not ${ENCODING}`);
}

function documentOf({ line, lines, fields }: OpenSection): StatementDocument {
  const field = (name: string) => fields.get(name)?.value || undefined;
  const required = (name: string) => {
    const found = fields.get(name);
    if (found === undefined || found.value === '') refuse(found?.line ?? line, `the document has no ${name}`);
    return found;
  };
  const dated = (name: string) => {
    const found = fields.get(name);
    return found === undefined || found.value === '' ? undefined : civilDate(name, found);
  };
  const amount = required('Сумма');
  const kopecks = parseMoney(amount.value);
  if (kopecks === undefined) refuse(amount.line, `Сумма ${amount.value} is no amount with at most two decimals`);
  const executedOn = dated('ДатаСписано') ?? dated('ДатаПоступило');
  const parts = [1, 2, 3, 4, 5, 6].map((part) => field(`НазначениеПлатежа${part}`) ?? '');
  return {
    line,
    digest: createHash('sha256').update(lines.join('\n')).digest('base64url'),
    number: required('Номер').value,
    date: civilDate('Дата', required('Дата')),
    amount: formatMoney(kopecks),
    ...(executedOn === undefined ? {} : { executedOn }),
    purpose: (field('НазначениеПлатежа') ?? parts.join(' ')).replace(/\s+/gu, ' ').trim(),
    payer: partyOf('Плательщик', field),
    payee: partyOf('Получатель', field),
  };
}

function partyOf(who: string, field: (name: string) => string | undefined): StatementParty {
  const inn = field(`${who}ИНН`);
  const accounts = [field(`${who}Счет`), field(`${who}РасчСчет`)].filter((account) => account !== undefined);
  return { ...(inn === undefined ? {} : { inn }), accounts: [...new Set(accounts)] };
}

function civilDate(name: string, { value, line }: { readonly value: string; readonly line: number }): string {
  const date = value.split('.').reverse().join('-');
  if (!/^\d{2}\.\d{2}\.\d{4}$/.test(value) || !isCivilDate(date))
    refuse(line, `${name} ${value} is no date dd.mm.yyyy`);
  return date;
}

/** What says it is UTF-8 or UTF-16, and a byte that is no character, are told by their line before anything is read. */
function refuseOtherEncoding(bytes: Uint8Array): void {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    refuse(1, 'the file is UTF-16, not windows-1251');
  }
  const notAscii = bytes.findIndex((byte) => byte > 0x7f);
  if (notAscii >= 0 && isUtf8(bytes)) refuse(lineAt(bytes, notAscii), 'the file is UTF-8, not windows-1251');
  const unknown = firstUnknownByte(bytes);
  if (unknown >= 0) refuse(lineAt(bytes, unknown), 'a byte that is no character of windows-1251');
}

function lineAt(bytes: Uint8Array, position: number): number {
  return bytes.subarray(0, position).filter((byte) => byte === LINE_FEED).length + 1;
}

function refuse(line: number, what: string): never {
  throw new LedgerError('query.invalid', `line ${line}: ${what}`);
}
