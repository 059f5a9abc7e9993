import type { RegistryName } from '../../../src/index.ts';
import { BYTE_ORDER_MARK, peopleRecord, textRecord } from '../csv/record.ts';
import type { Cell } from '../model.ts';
import { MAKER } from '../renderer-version.ts';
import { columnLetters, emptyCell, rowXml, tableCell, textCell } from '../xlsx/cells.ts';
import { heightFor } from '../xlsx/heights.ts';
import type { SheetWriter } from '../xlsx/workbook-writer.ts';
import { WorkbookWriter } from '../xlsx/workbook-writer.ts';
import type { RegistryColumn } from './headings.ts';
import { registryForms } from './headings.ts';
import { registryColumns, registryRows } from './rows.ts';

/** How many rows a sheet holds; a spreadsheet takes a few more, and a longer registry goes on on the next sheet. */
const ROWS_PER_SHEET = 1_000_000;
/** How many records are handed over at once. */
const RECORDS = 200;
const WIDTHS = { text: 22, date: 12, amount: 15, percent: 10, count: 10 };

/** A registry as CSV for spreadsheets, piece by piece, so that its length costs no memory. */
export async function* registryCsv(name: RegistryName, items: AsyncIterable<object>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  const columns = registryColumns(name);
  const kinds = columns.map(({ kind }) => kind);
  let records = [BYTE_ORDER_MARK, textRecord(...columns.map(({ heading }) => heading))];
  for await (const item of items) {
    for (const row of registryRows(name, item)) records.push(peopleRecord(row, kinds));
    if (records.length < RECORDS) continue;
    yield encoder.encode(records.join(''));
    records = [];
  }
  yield encoder.encode(records.join(''));
}

/** A registry as a workbook, piece by piece, so that its length costs no memory. */
export async function* registryXlsx(name: RegistryName, items: AsyncIterable<object>): AsyncIterable<Uint8Array> {
  let chunks: Uint8Array[] = [];
  const { title } = registryForms[name];
  const columns = registryColumns(name);
  const writer = new WorkbookWriter({ title, maker: MAKER }, (chunk) => chunks.push(chunk));
  let sheets = 1;
  let sheet = beginSheet(title, columns, writer);
  let row = 1;
  for await (const item of items) {
    for (const cells of registryRows(name, item)) {
      if (row > ROWS_PER_SHEET) {
        endSheet(sheet, columns, row);
        sheets += 1;
        sheet = beginSheet(`${title} ${sheets}`, columns, writer);
        row = 1;
      }
      row += 1;
      sheet.rows(rowXml(row, cellsXml(row, cells, columns)));
    }
    if (chunks.length === 0) continue;
    yield* chunks;
    chunks = [];
  }
  endSheet(sheet, columns, row);
  writer.end();
  yield* chunks;
}

function beginSheet(name: string, columns: readonly RegistryColumn[], writer: WorkbookWriter): SheetWriter {
  const widths = columns.map(({ kind }, index) => {
    return `<col min="${index + 1}" max="${index + 1}" width="${WIDTHS[kind]}" customWidth="1"/>`;
  });
  const frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  const before = `<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">${frozen}</sheetView></sheetViews><cols>${widths.join('')}</cols>`;
  const sheet = writer.sheet({ name, headingRow: 1 }, before);
  const headings = columns.map(({ heading }, column) => textCell(1, column, heading, 'heading')).join('');
  sheet.rows(rowXml(1, headings, heightFor(columns.map(({ heading, kind }) => [heading, WIDTHS[kind]]))));
  return sheet;
}

function endSheet(sheet: SheetWriter, columns: readonly RegistryColumn[], row: number): void {
  const filter = `<autoFilter ref="A1:${columnLetters(columns.length - 1)}${row}"/>`;
  sheet.end(`${filter}<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>`);
}

function cellsXml(row: number, cells: readonly Cell[], columns: readonly RegistryColumn[]): string {
  return cells
    .map((cell, column) => {
      if (cell === '') return emptyCell(row, column, 'text');
      return tableCell(row, column, cell, columns[column]?.kind ?? 'text');
    })
    .join('');
}
