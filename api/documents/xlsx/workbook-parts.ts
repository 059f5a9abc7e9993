import type { Instant } from '../../../src/kernel/instant.ts';
import { escaped } from './xml.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org';
const PACKAGE = `${OFFICE}/package/2006`;
const RELATIONSHIPS = `${OFFICE}/officeDocument/2006/relationships`;
/** The namespace of sheets. */
export const MAIN = `${OFFICE}/spreadsheetml/2006/main`;

/** A sheet as the workbook lists it. */
export interface SheetEntry {
  readonly name: string;
  /** The row of the table's headings, from 1 on, repeated on every printed page. */
  readonly headingRow: number;
}

/** What kind of file every part is. */
export function contentTypes(sheets: number): string {
  const type = (part: string, name: string) => `<Override PartName="${part}" ContentType="${name}"/>`;
  const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  return `${DECLARATION}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${type('/xl/workbook.xml', `${spreadsheet}.sheet.main+xml`)}${type('/xl/styles.xml', `${spreadsheet}.styles+xml`)}${type('/docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml')}${Array.from({ length: sheets }, (_, index) => type(`/xl/worksheets/sheet${index + 1}.xml`, `${spreadsheet}.worksheet+xml`)).join('')}</Types>`;
}

/** Leads from the package to the workbook and its properties. */
export function packageRelationships(): string {
  return relationships([
    ['rId1', `${RELATIONSHIPS}/officeDocument`, 'xl/workbook.xml'],
    ['rId2', `${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'],
  ]);
}

/** Leads from the workbook to its sheets and styles. */
export function workbookRelationships(sheets: number): string {
  return relationships([
    ['styles', `${RELATIONSHIPS}/styles`, 'styles.xml'],
    ...Array.from({ length: sheets }, (_, index): [string, string, string] => {
      return [`sheet${index + 1}`, `${RELATIONSHIPS}/worksheet`, `worksheets/sheet${index + 1}.xml`];
    }),
  ]);
}

/** The list of sheets; formulas are calculated anew when it is opened. */
export function workbook(sheets: readonly SheetEntry[]): string {
  const entries = sheets.map(({ name }, index) => {
    return `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="sheet${index + 1}"/>`;
  });
  const titles = sheets.map(({ name, headingRow }, index) => {
    const rows = `'${name.replaceAll("'", "''")}'!$${headingRow}:$${headingRow}`;
    return `<definedName name="_xlnm.Print_Titles" localSheetId="${index}">${escaped(rows)}</definedName>`;
  });
  return `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONSHIPS}"><sheets>${entries.join('')}</sheets><definedNames>${titles.join('')}</definedNames><calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>`;
}

/** Title, maker and time of the document. */
export function coreProperties(title: string, maker: string, at: Instant | undefined): string {
  const dated = (name: string) =>
    at === undefined ? '' : `<dcterms:${name} xsi:type="dcterms:W3CDTF">${at.slice(0, 19)}Z</dcterms:${name}>`;
  return `${DECLARATION}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${escaped(title)}</dc:title><dc:creator>${escaped(maker)}</dc:creator>${dated('created')}${dated('modified')}</cp:coreProperties>`;
}

function relationships(entries: readonly (readonly [string, string, string])[]): string {
  const list = entries.map(([id, type, target]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`);
  return `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`;
}
