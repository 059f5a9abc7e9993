import numberToWords from 'number-to-words-ru';
import type { CivilDate, CivilMonth } from '../../src/kernel/civil-date.ts';
import type { Kopecks } from '../../src/kernel/money.ts';
import { formatMoney } from '../../src/kernel/money.ts';

const MONTHS = [
  ...['январь', 'февраль', 'март', 'апрель', 'май', 'июнь'],
  ...['июль', 'август', 'сентябрь', 'октябрь', 'ноябрь', 'декабрь'],
];
/** What moves the text around it or shows nothing at all: marks of direction and characters of no width. */
const INVISIBLE = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]/g;
const CONTROL = /\p{Cc}+/gu;

/** What is written where there is nothing to write. */
export const NOTHING = '—';

/** A sum in words, kopecks in figures: `Сто двадцать один рубль 05 копеек`; a negative one begins with `Минус`. */
export function sumInWords(amount: Kopecks): string {
  return numberToWords.convert(formatMoney(amount), {
    currency: 'rub',
    convertNumberToWords: { integer: true, fractional: false },
  });
}

/** `сентябрь 2020 г.` */
export function monthInWords(month: CivilMonth): string {
  return `${MONTHS[Number(month.slice(5)) - 1]} ${month.slice(0, 4)} г.`;
}

/** `01.10.2020` */
export function dateInFigures(date: CivilDate): string {
  return `${date.slice(8)}.${date.slice(5, 7)}.${date.slice(0, 4)}`;
}

/** An amount, or hundredths of anything, with a decimal comma: `-1234,50`. */
export function decimalComma(hundredths: number): string {
  return formatMoney(hundredths).replace('.', ',');
}

/**
 * A text from outside as a document may show it: on one line, and without marks that would turn the direction of what
 * stands beside it, so that no name can make a figure look like another.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, ' ').replace(INVISIBLE, '').trim();
}

/** The same, or a dash for what is not known. */
export function printableOr(text: string | undefined): string {
  const shown = printable(text ?? '');
  return shown === '' ? NOTHING : shown;
}
