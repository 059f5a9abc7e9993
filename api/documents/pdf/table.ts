import type { DocumentColumn, Section } from '../model.ts';
import { columnTotal } from '../totals.ts';
import type { Canvas, TextStyle } from './canvas.ts';
import { cellText } from './cell-text.ts';

/** The part of the page that may be written on, in points. */
export interface Frame {
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
}

const PADDING = { across: 3, down: 2.5 };
const BODY: TextStyle = { weight: 'regular', size: 9 };
const STRONG: TextStyle = { weight: 'bold', size: 9 };
const LINE = 11.5;

/** A column with its place on the page. */
interface Placed extends DocumentColumn {
  readonly x: number;
  readonly points: number;
}

/**
 * Prints the table of a form from `y` on, over as many pages as it takes, and answers where it ends. The heading stands
 * on every page, no row is cut in two, and the last row stays with what is `kept` under the table, that many points.
 */
export function drawTable(
  section: Section,
  { y, kept }: { readonly y: number; readonly kept: number },
  frame: Frame,
  canvas: Canvas,
  nextPage: () => void,
): number {
  const columns = placed(section.columns, frame);
  const heading = columns.map(({ heading, points }) => canvas.wrap(heading, STRONG, points - 2 * PADDING.across));
  let top = y;
  let at = drawRow(heading, top, columns, { style: STRONG, align: 'center' }, canvas);
  const closePage = () => drawSides(columns, top, at, canvas);
  const draw = (texts: readonly string[], style: TextStyle, behind: number) => {
    const cells = columns.map(({ points }, column) =>
      canvas.wrap(texts[column] ?? '', style, points - 2 * PADDING.across),
    );
    if (at + heightOf(cells) + behind > frame.bottom) {
      closePage();
      nextPage();
      top = frame.top;
      at = drawRow(heading, top, columns, { style: STRONG, align: 'center' }, canvas);
    }
    at = drawRow(cells, at, columns, { style }, canvas);
  };
  const totalsHeight = section.totals === undefined ? 0 : LINE + 2 * PADDING.down;
  for (const [index, row] of section.rows.entries()) {
    const texts = row.map((cell, column) => cellText(cell, columns[column]?.kind ?? 'text'));
    draw(texts, BODY, index === section.rows.length - 1 ? totalsHeight + kept : 0);
  }
  if (section.totals !== undefined) draw(totals(section), STRONG, kept);
  closePage();
  return at;
}

function totals({ columns, rows, totals: label = '' }: Section): string[] {
  return columns.map(({ kind }, column) => {
    if (kind === 'amount') return cellText(columnTotal(rows, column), kind);
    return column === 0 ? label : '';
  });
}

function placed(columns: readonly DocumentColumn[], frame: Frame): readonly Placed[] {
  let x = frame.left;
  return columns.map((column) => {
    const points = (column.width * frame.width) / 100;
    const place = { ...column, x, points };
    x += points;
    return place;
  });
}

function heightOf(cells: readonly (readonly string[])[]): number {
  return Math.max(...cells.map((lines) => lines.length)) * LINE + 2 * PADDING.down;
}

function drawRow(
  cells: readonly (readonly string[])[],
  y: number,
  columns: readonly Placed[],
  { style, align }: { readonly style: TextStyle; readonly align?: 'center' },
  canvas: Canvas,
): number {
  for (const [column, { x, points, kind }] of columns.entries()) {
    const place = { x: x + PADDING.across, width: points - 2 * PADDING.across, align: align ?? alignOf(kind) };
    for (const [index, line] of (cells[column] ?? []).entries()) {
      canvas.text(line, style, { ...place, y: y + PADDING.down + index * LINE });
    }
  }
  const [first, last] = [columns[0], columns.at(-1)];
  if (first !== undefined && last !== undefined) {
    const bottom = y + heightOf(cells);
    canvas.line({ x: first.x, y: bottom }, { x: last.x + last.points, y: bottom });
  }
  return y + heightOf(cells);
}

/** The lines between the columns, and the one above them, of the part of the table that stands on one page. */
function drawSides(columns: readonly Placed[], top: number, bottom: number, canvas: Canvas): void {
  const last = columns.at(-1);
  const first = columns[0];
  if (first === undefined || last === undefined) return;
  const end = last.x + last.points;
  canvas.line({ x: first.x, y: top }, { x: end, y: top });
  for (const x of [...columns.map((column) => column.x), end]) canvas.line({ x, y: top }, { x, y: bottom });
}

function alignOf(kind: DocumentColumn['kind']): 'left' | 'center' | 'right' {
  if (kind === 'text') return 'left';
  return kind === 'date' ? 'center' : 'right';
}
