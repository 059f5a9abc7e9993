import type { Cell, ColumnKind } from '../model.ts';
import { dateInFigures, decimalComma, NOTHING } from '../wording.ts';

/** Tells a spreadsheet that the text is UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff';

/** What a spreadsheet takes for the beginning of a formula, blanks before it aside. */
const FORMULA = /^[\s\u00a0]*[=+\-@＝＋－＠]|^[\t\r]/;

/**
 * One record as spreadsheets of this country read it: semicolons, decimal commas, lines that end in CR and LF. Figures
 * stand as they are; a text that would be run as a formula gets an apostrophe in front of it.
 */
export function peopleRecord(cells: readonly Cell[], kinds: readonly ColumnKind[]): string {
  return `${cells.map((cell, index) => quoted(cellText(cell, kinds[index] ?? 'text'))).join(';')}\r\n`;
}

/** A record of texts alone: headings, labels. */
export function textRecord(...cells: readonly string[]): string {
  return peopleRecord(cells, []);
}

function cellText(cell: Cell, kind: ColumnKind): string {
  if (cell === null) return NOTHING;
  if (typeof cell === 'number') return kind === 'count' ? String(cell) : decimalComma(cell);
  if (kind === 'date' && cell !== '') return dateInFigures(cell);
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

function quoted(cell: string): string {
  return /[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
