import type { Payable } from '../../src/index.ts';
import type { UnusableRequisite } from '../../src/kernel/requisites.ts';
import { unusableRequisites } from '../../src/kernel/requisites.ts';
import {
  ENCODING,
  END_OF_FILE,
  exchangeDate,
  FIRST_LINE,
  FORMAT_VERSION,
  PAYMENT_ORDER,
  SECTIONS,
} from './exchange-file.ts';
import { charactersMissing, encodeWindows1251 } from './windows-1251.ts';

/** An order on its way to the bank. */
export interface PaymentOrder {
  /** Of the order within its file; the bank or 1C gives its own. */
  readonly orderNumber: number;
  readonly number: string;
  readonly payerId: string;
  readonly providerId: string;
  readonly amount: string;
  readonly purpose: string;
}

/** Why an invoice cannot be paid by such a file: the field and what is wrong with it. */
export interface OrderDefect {
  readonly number: string;
  readonly payerId: string;
  readonly providerId: string;
  /** Whose field it is, and which. */
  readonly field: string;
  readonly message: string;
}

/** The orders and the bytes of their file; with defects there is no file. */
export type PaymentOrders =
  | { readonly defects: readonly OrderDefect[]; readonly orders: readonly []; readonly file?: never }
  | { readonly defects: readonly []; readonly orders: readonly PaymentOrder[]; readonly file: Uint8Array };

/** What a payment order's purpose may be long (Bank of Russia, field 24). */
const LONGEST_PURPOSE = 210;
const MONTHS = [
  ...['январь', 'февраль', 'март', 'апрель', 'май', 'июнь'],
  ...['июль', 'август', 'сентябрь', 'октябрь', 'ноябрь', 'декабрь'],
];
/** Marks that look the same in a bank's file: other spaces and hyphens, and what takes no place of its own. */
const SPACES = /\s+/gu;
const HYPHENS = /[\u2010\u2011\u2012\u2212]/gu;
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u2060\ufeff]/gu;

/**
 * Payment orders of one day in 1CClientBankExchange 1.03, windows-1251, one per invoice. A bank sends back an order whose
 * payee is not named as in its register, so no character is replaced by another one: what windows-1251 lacks, and details
 * no bank takes, are defects that name the invoice and the field, and then nothing is written at all, lest a file sent
 * twice pay half of the invoices twice.
 */
export function paymentOrders(payables: readonly Payable[], on: string): PaymentOrders {
  const orders = payables.map((payable, index) => ({ payable, ...orderOf(payable, index + 1) }));
  const defects = orders.flatMap(({ payable, purpose }) => defectsOf(payable, purpose));
  if (defects.length > 0) return { defects, orders: [] };
  const accounts = [...new Set(payables.map(({ payer }) => payer.bank?.account ?? ''))];
  const day = exchangeDate(on);
  const lines = [
    FIRST_LINE,
    `ВерсияФормата=${FORMAT_VERSION}`,
    `Кодировка=${ENCODING}`,
    'Отправитель=certificate-ledger',
    'Получатель=',
    `ДатаСоздания=${day}`,
    `ДатаНачала=${day}`,
    `ДатаКонца=${day}`,
    ...accounts.map((account) => `РасчСчет=${account}`),
    `Документ=${PAYMENT_ORDER}`,
    ...orders.flatMap(({ payable, orderNumber, purpose }) => sectionOf(payable, { orderNumber, purpose, day })),
    END_OF_FILE,
  ];
  const file = encodeWindows1251(`${lines.join('\r\n')}\r\n`);
  return { defects: [], orders: orders.map(({ payable: _, ...order }) => order), file };
}

function orderOf(payable: Payable, orderNumber: number): PaymentOrder {
  const { number, payerId, providerId, due: amount } = payable;
  return { orderNumber, number, payerId, providerId, amount, purpose: purposeOf(payable) };
}

/** Names the invoice as it stands, which is what a statement is matched by later. */
function purposeOf({ number, issuedOn, month }: Payable): string {
  const [year, ofYear] = month.split('-');
  const services = `за образовательные услуги, ${MONTHS[Number(ofYear) - 1]} ${year} г. НДС не облагается`;
  return `Оплата по счету № ${number} от ${exchangeDate(issuedOn)} ${services}`;
}

function sectionOf(
  { due, payer, provider }: Payable,
  { orderNumber, purpose, day }: { readonly orderNumber: number; readonly purpose: string; readonly day: string },
): string[] {
  return [
    `${SECTIONS.document.begins}=${PAYMENT_ORDER}`,
    `Номер=${orderNumber}`,
    `Дата=${day}`,
    `Сумма=${due}`,
    ...party('Плательщик', payer),
    ...party('Получатель', provider),
    'ВидПлатежа=',
    'ВидОплаты=01',
    'Очередность=5',
    `НазначениеПлатежа=${purpose}`,
    SECTIONS.document.ends,
  ];
}

function party(who: 'Плательщик' | 'Получатель', { name, inn = '', kpp = '', bank }: Payable['payer']): string[] {
  const written = plain(name);
  return [
    `${who}Счет=${bank?.account ?? ''}`,
    `${who}=ИНН ${inn} ${written}`,
    `${who}ИНН=${inn}`,
    `${who}КПП=${kpp}`,
    `${who}1=${written}`,
    `${who}РасчСчет=${bank?.account ?? ''}`,
    `${who}Банк1=${plain(bank?.name ?? '')}`,
    `${who}БИК=${bank?.bik ?? ''}`,
  ];
}

function defectsOf(payable: Payable, purpose: string): OrderDefect[] {
  const { number, payerId, providerId, payer, provider } = payable;
  const defect = (field: string, message: string) => ({ number, payerId, providerId, field, message });
  const missing = (field: string, text: string) => {
    const characters = charactersMissing(text).map((one) => JSON.stringify(one));
    if (characters.length === 0) return [];
    return [defect(field, `windows-1251 has no ${characters.join(', ')} of ${JSON.stringify(text)}`)];
  };
  const ofParty = (who: 'payer' | 'provider', details: Payable['payer']) => [
    ...unusableRequisites(details).map((field) => defect(`${who}.${field}`, unusable(field))),
    ...missing(`${who}.name`, plain(details.name)),
    ...missing(`${who}.bank.name`, plain(details.bank?.name ?? '')),
  ];
  const { length } = purpose;
  return [
    ...ofParty('payer', payer),
    ...ofParty('provider', provider),
    ...missing('number', number),
    ...(/\s\s|[^\S ]|\p{Cc}/u.test(number) ? [defect('number', 'the number would not come back as it is')] : []),
    ...(length > LONGEST_PURPOSE ? [defect('purpose', `${length} characters, a bank takes ${LONGEST_PURPOSE}`)] : []),
  ];
}

function unusable(field: UnusableRequisite): string {
  const forms: Readonly<Record<UnusableRequisite, string>> = {
    inn: 'an INN has 10 or 12 digits',
    kpp: 'a KPP has 9 characters',
    bank: 'there are no bank details',
    'bank.bik': 'a BIK has 9 digits',
    'bank.account': 'an account has 20 digits',
  };
  return forms[field];
}

/** The text in composed form and on one line, with plain spaces and hyphens: nothing a reader would call another name. */
function plain(text: string): string {
  return text.normalize('NFC').replace(INVISIBLE, '').replace(HYPHENS, '-').replace(SPACES, ' ').trim();
}
