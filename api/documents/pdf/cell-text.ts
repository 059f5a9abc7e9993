import type { Cell, ColumnKind } from '../model.ts';
import { dateInFigures, decimalComma, NOTHING } from '../wording.ts';

const THOUSANDS = /\B(?=(\d{3})+(?!\d))/g;

/** A cell as it is printed. */
export function cellText(cell: Cell, kind: ColumnKind): string {
  if (cell === null) return NOTHING;
  if (typeof cell === 'number') return kind === 'count' ? String(cell) : grouped(decimalComma(cell));
  return kind === 'date' ? dateInFigures(cell) : cell;
}

/** An amount with its thousands apart, by a space at which no line is broken: `1 234,50`. */
export function grouped(figure: string): string {
  const [whole = '', decimals] = figure.split(',');
  return `${whole.replace(THOUSANDS, '\u00a0')},${decimals}`;
}
