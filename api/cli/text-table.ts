import type { Output } from './output.ts';

/** A column of a table for people: its title, and on which side its cells stand. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** How many rows are looked at before the widths of a streaming table are settled. */
const ROWS_MEASURED = 500;
const GAP = '  ';

/** What takes no place of its own: marks that join the letter before them. */
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** East Asian wide and fullwidth characters, and emoji: two places. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const CONTROL = /\p{Cc}/gu;

/** How many places a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += ZERO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** A table as text, with a line under its titles; the same lines whatever terminal it is read on. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = widthsOf(columns, cells);
  return [...heading(columns, widths), ...cells.map((row) => lineOf(columns, row, widths))].join('');
}

/** Writes a table of any length; its first rows settle the widths, and a later cell that is wider juts out. */
export async function writeTable(
  columns: readonly Column[],
  rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
  output: Output,
): Promise<void> {
  let measured: (readonly string[])[] = [];
  let widths: readonly number[] | undefined;
  const settle = async () => {
    widths = widthsOf(columns, measured);
    await output.write(heading(columns, widths).join(''));
    for (const row of measured) await output.write(lineOf(columns, row, widths));
    measured = [];
  };
  for await (const row of rows) {
    const cells = row.map(printable);
    if (widths !== undefined) await output.write(lineOf(columns, cells, widths));
    else if (measured.push(cells) === ROWS_MEASURED) await settle();
  }
  if (widths === undefined) await settle();
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ title }, index) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[index] ?? '')), displayWidth(title)),
  );
}

function heading(columns: readonly Column[], widths: readonly number[]): string[] {
  const titles = columns.map(({ title }) => title);
  return [lineOf(columns, titles, widths), `${widths.map((width) => '─'.repeat(width)).join(GAP)}\n`];
}

function lineOf(columns: readonly Column[], row: readonly string[], widths: readonly number[]): string {
  const cells = columns.map(({ align }, index) => {
    const cell = row[index] ?? '';
    const rest = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cell)));
    return align === 'right' ? rest + cell : cell + rest;
  });
  return `${cells.join(GAP).trimEnd()}\n`;
}

/** A name from outside must neither break the line nor command the terminal. */
function printable(cell: string): string {
  return cell.replace(CONTROL, ' ');
}
