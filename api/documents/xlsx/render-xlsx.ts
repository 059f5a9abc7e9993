import { Decimal } from 'decimal.js';
import type { DocumentModel, FootFormula, FootLine, Section } from '../model.ts';
import { MAKER } from '../renderer-version.ts';
import { columnTotal } from '../totals.ts';
import { amountCell, columnLetters, emptyCell, formulaCell, rowXml, tableCell, textCell } from './cells.ts';
import type { Fitted } from './heights.ts';
import { heightFor } from './heights.ts';
import { WorkbookWriter } from './workbook-writer.ts';
import { escaped } from './xml.ts';

/** How many characters the table is wide, upright and across. */
const [UPRIGHT, ACROSS] = [96, 150];
const TITLE_LINE = 18;
/** Labels of a head take the columns before this one, values the rest. */
const VALUE_COLUMN = 2;

/** The document as a workbook: every form is a sheet; amounts are numbers, totals are formulas. */
export function renderXlsx(model: DocumentModel): Uint8Array {
  const chunks: Uint8Array[] = [];
  const { title, recordedAt: at } = model;
  const writer = new WorkbookWriter({ title, maker: MAKER, at }, (chunk) => chunks.push(chunk));
  for (const section of model.sections) writeSection(section, model, writer);
  writer.end();
  return new Uint8Array(Buffer.concat(chunks));
}

function writeSection(section: Section, { digestLabel, digest }: DocumentModel, writer: WorkbookWriter): void {
  const { name, title, landscape, head, columns, rows, foot, signatures } = section;
  const headingRow = head.length + 3;
  const last = columns.length - 1;
  const merged: string[] = [];
  const across = (row: number, from: number, to: number) => {
    merged.push(`${columnLetters(from)}${row}:${columnLetters(to)}${row}`);
  };
  const sheet = writer.sheet({ name, headingRow }, beforeRows(section));
  const width = landscape ? ACROSS : UPRIGHT;

  let row = 1;
  across(row, 0, last);
  sheet.rows(
    rowXml(row, textCell(row, 0, title, 'title'), heightFor([[title, width * 0.75]], TITLE_LINE) ?? TITLE_LINE),
  );
  const valueWidth = (width * columns.slice(VALUE_COLUMN).reduce((sum, column) => sum + column.width, 0)) / 100;
  for (const { label, value } of head) {
    row += 1;
    across(row, VALUE_COLUMN, last);
    const cells = textCell(row, 0, label, 'label') + textCell(row, VALUE_COLUMN, value, 'value');
    sheet.rows(rowXml(row, cells, heightFor([[value, valueWidth]])));
  }
  row = headingRow;
  const charactersOf = (column: number) => (width * (columns[column]?.width ?? 0)) / 100;
  const headings = columns.map(({ heading }, column) => textCell(row, column, heading, 'heading')).join('');
  sheet.rows(rowXml(row, headings, heightFor(columns.map(({ heading }, column) => [heading, charactersOf(column)]))));
  for (const cells of rows) {
    row += 1;
    const texts = cells.map((cell, column): Fitted => [typeof cell === 'string' ? cell : '', charactersOf(column)]);
    const xml = cells.map((cell, column) => tableCell(row, column, cell, columns[column]?.kind ?? 'text')).join('');
    sheet.rows(rowXml(row, xml, heightFor(texts)));
  }
  const table = { section, from: headingRow + 1, to: row };
  if (section.totals !== undefined) {
    row += 1;
    sheet.rows(rowXml(row, totalsCells(row, table)));
  }
  row += 1;
  const places = new Map(
    foot.map((line, index) => [line.name, `${columnLetters(last)}${rowsBefore(foot, index) + row + 1}`]),
  );
  for (const line of foot) {
    row += 1;
    sheet.rows(rowXml(row, textCell(row, 0, line.label, 'label') + footCell(row, last, line, table, places)));
    if (line.words === undefined) continue;
    row += 1;
    across(row, 0, last);
    const words = `${line.label} (прописью): ${line.words}`;
    sheet.rows(rowXml(row, textCell(row, 0, words, 'value'), heightFor([[words, width]])));
  }
  for (const signature of signatures) {
    row += 2;
    sheet.rows(rowXml(row, textCell(row, 0, signatureText(signature), 'plain')));
  }
  row += 2;
  sheet.rows(rowXml(row, textCell(row, 0, `${digestLabel}: ${digest}`, 'small')));
  sheet.end(afterRows(landscape, merged));
}

/** A signature has a place to sign; the place of the seal has none. */
function signatureText(signature: string): string {
  return signature === 'М.П.' ? signature : `${signature} ______________________ / ______________________ /`;
}

/** How many rows of a foot stand before a line: words take a row of their own. */
function rowsBefore(foot: readonly FootLine[], index: number): number {
  return foot.slice(0, index).reduce((rows, { words }) => rows + (words === undefined ? 1 : 2), 0);
}

interface TableRows {
  readonly section: Section;
  readonly from: number;
  readonly to: number;
}

function totalsCells(row: number, table: TableRows): string {
  const { columns, rows, totals = '' } = table.section;
  return columns
    .map(({ kind }, column) => {
      if (kind === 'amount') {
        const amount = columnTotal(rows, column);
        return formulaCell(row, column, { formula: totalOf(column, table), amount }, 'totalAmount');
      }
      return column === 0 ? textCell(row, 0, totals, 'totalText') : emptyCell(row, column, 'totalText');
    })
    .join('');
}

function footCell(
  row: number,
  column: number,
  { amount, formula }: FootLine,
  table: TableRows,
  places: ReadonlyMap<string, string>,
): string {
  if (amount === null) return textCell(row, column, '—', 'footDash');
  if (formula === undefined) return amountCell(row, column, amount, 'footAmount');
  return formulaCell(row, column, { formula: formulaText(formula, table, places), amount }, 'footAmount');
}

/** Sums are rounded to the kopeck, since a spreadsheet adds binary fractions. */
function formulaText(formula: FootFormula, table: TableRows, places: ReadonlyMap<string, string>): string {
  if (formula.kind === 'columnTotal') return totalOf(formula.column, table);
  const sum = formula.plus.map((name) => places.get(name)).join('+');
  const balance = `ROUND(${[sum, ...formula.minus.map((name) => places.get(name))].join('-')},2)`;
  if (formula.part === undefined) return balance;
  return `${formula.part === 'positive' ? 'MAX' : 'MIN'}(0,${balance})`;
}

function totalOf(column: number, { from, to }: TableRows): string {
  const letters = columnLetters(column);
  // A table without rows has nothing to name, and a range that ends before it begins would take in the heading.
  return to < from ? '0' : `ROUND(SUM(${letters}${from}:${letters}${to}),2)`;
}

function beforeRows({ columns, landscape }: Section): string {
  const width = landscape ? ACROSS : UPRIGHT;
  const widths = columns.map(({ width: part }, index) => {
    return `<col min="${index + 1}" max="${index + 1}" width="${new Decimal(part).times(width).div(100).toFixed(2)}" customWidth="1"/>`;
  });
  return `<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews><cols>${widths.join('')}</cols>`;
}

function afterRows(landscape: boolean, merged: readonly string[]): string {
  const cells = merged.map((range) => `<mergeCell ref="${range}"/>`).join('');
  const page = `<pageSetup paperSize="9" orientation="${landscape ? 'landscape' : 'portrait'}" fitToWidth="1" fitToHeight="0"/>`;
  const footer = `<headerFooter><oddFooter>${escaped('&Rстр. &P из &N')}</oddFooter></headerFooter>`;
  return `<mergeCells count="${merged.length}">${cells}</mergeCells><pageMargins left="0.5" right="0.5" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>${page}${footer}`;
}
