/** The words of 1CClientBankExchange that both the writer and the reader of such files need. */
export const FIRST_LINE = '1CClientBankExchange';
export const FORMAT_VERSION = '1.03';
export const ENCODING = 'Windows';
export const PAYMENT_ORDER = 'Платежное поручение';
export const SECTIONS = {
  account: { begins: 'СекцияРасчСчет', ends: 'КонецРасчСчет' },
  document: { begins: 'СекцияДокумент', ends: 'КонецДокумента' },
} as const;
export const END_OF_FILE = 'КонецФайла';

/** A civil date as such a file writes it, `dd.mm.yyyy`. */
export function exchangeDate(date: string): string {
  return date.split('-').reverse().join('.');
}
