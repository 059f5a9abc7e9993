import { daysBetween } from '../../../src/kernel/civil-date.ts';
import type { Kopecks } from '../../../src/kernel/money.ts';
import { formatMoney } from '../../../src/kernel/money.ts';
import type { Cell, ColumnKind } from '../model.ts';
import { NOTHING } from '../wording.ts';
import type { StyleName } from './styles.ts';
import { styleNumber, styleOfKind } from './styles.ts';
import { escaped, escapedCell } from './xml.ts';

/** The day that spreadsheets count from. */
const DAY_ZERO = '1899-12-30';

/** The letters of a column, from 0 on: A, B, …, Z, AA. */
export function columnLetters(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnLetters(Math.floor(column / 26) - 1) + letter;
}

/** One row, from 1 on, of cells that are written already; its height in points where it is not the usual one. */
export function rowXml(row: number, cells: string, height?: number): string {
  const size = height === undefined ? '' : ` ht="${height}" customHeight="1"`;
  return `<row r="${row}"${size}>${cells}</row>`;
}

/** A cell of a table. */
export function tableCell(row: number, column: number, cell: Cell, kind: ColumnKind): string {
  if (cell === null) return textCell(row, column, NOTHING, 'dash');
  if (typeof cell === 'number') {
    return numberCell(row, column, kind === 'count' ? String(cell) : formatMoney(cell), styleOfKind(kind));
  }
  if (kind === 'date') return numberCell(row, column, String(daysBetween(DAY_ZERO, cell)), 'date');
  return textCell(row, column, cell, 'text');
}

/** A text; it is never taken for a formula. */
export function textCell(row: number, column: number, text: string, style: StyleName): string {
  return `<c r="${columnLetters(column)}${row}" s="${styleNumber(style)}" t="inlineStr"><is><t xml:space="preserve">${escapedCell(text)}</t></is></c>`;
}

/** An amount as a number with its two decimals. */
export function amountCell(row: number, column: number, amount: Kopecks, style: StyleName): string {
  return numberCell(row, column, formatMoney(amount), style);
}

/** An amount that follows from others, with what it comes to. */
export function formulaCell(
  row: number,
  column: number,
  { formula, amount }: { readonly formula: string; readonly amount: Kopecks },
  style: StyleName,
): string {
  const place = `${columnLetters(column)}${row}`;
  return `<c r="${place}" s="${styleNumber(style)}"><f>${escaped(formula)}</f><v>${formatMoney(amount)}</v></c>`;
}

/** A cell that shows only its look. */
export function emptyCell(row: number, column: number, style: StyleName): string {
  return `<c r="${columnLetters(column)}${row}" s="${styleNumber(style)}"/>`;
}

function numberCell(row: number, column: number, figure: string, style: StyleName): string {
  return `<c r="${columnLetters(column)}${row}" s="${styleNumber(style)}"><v>${figure}</v></c>`;
}
