import { Zip, ZipDeflate } from 'fflate';
import type { Instant } from '../../../src/kernel/instant.ts';
import { stylesPart } from './styles.ts';
import type { SheetEntry } from './workbook-parts.ts';
import {
  contentTypes,
  coreProperties,
  MAIN,
  packageRelationships,
  workbook,
  workbookRelationships,
} from './workbook-parts.ts';

/** How many characters of a sheet are gathered before they are packed. */
const CHUNK = 65_536;
/** Zip files tell local time, so this is the same on every machine, whatever its zone. */
const NO_TIME = new Date(1980, 0, 2, 12);

/** What a workbook says of itself. */
export interface WorkbookProperties {
  readonly title: string;
  readonly maker: string;
  /** The document's own time; a list that is as it is when it is asked for has none. */
  readonly at?: Instant;
}

/** A sheet on its way: its rows are written in order, one after another. */
export interface SheetWriter {
  /** XML of one or several whole rows. */
  rows(xml: string): void;
  /** What stands behind the rows: merged cells, page layout. */
  end(xml: string): void;
}

/**
 * Writes a workbook as a stream of bytes: what is packed is handed to `take` at once, so that a workbook of any length
 * needs no memory. Packing and times are the same on every machine, since neither its compression library nor its clock
 * has a part in it.
 */
export class WorkbookWriter {
  readonly #zip: Zip;
  readonly #properties: WorkbookProperties;
  readonly #sheets: SheetEntry[] = [];

  constructor(properties: WorkbookProperties, take: (chunk: Uint8Array) => void) {
    this.#properties = properties;
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      take(chunk);
    });
  }

  /** Begins a sheet; the one before it has ended. `before` is the XML of what stands before the rows. */
  sheet(entry: SheetEntry, before: string): SheetWriter {
    this.#sheets.push(entry);
    const part = this.#part(`xl/worksheets/sheet${this.#sheets.length}.xml`);
    let waiting = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${MAIN}">${before}<sheetData>`;
    return {
      rows(xml) {
        waiting += xml;
        if (waiting.length < CHUNK) return;
        part(waiting, false);
        waiting = '';
      },
      end: (xml) => part(`${waiting}</sheetData>${xml}</worksheet>`, true),
    };
  }

  /** Writes what belongs to all sheets, and ends the file. */
  end(): void {
    const { title, maker, at } = this.#properties;
    const sheets = this.#sheets.length;
    this.#part('xl/styles.xml')(stylesPart(), true);
    this.#part('xl/workbook.xml')(workbook(this.#sheets), true);
    this.#part('xl/_rels/workbook.xml.rels')(workbookRelationships(sheets), true);
    this.#part('docProps/core.xml')(coreProperties(title, maker, at), true);
    this.#part('_rels/.rels')(packageRelationships(), true);
    this.#part('[Content_Types].xml')(contentTypes(sheets), true);
    this.#zip.end();
  }

  #part(name: string): (xml: string, last: boolean) => void {
    const file = new ZipDeflate(name, { level: 6 });
    file.mtime = NO_TIME;
    this.#zip.add(file);
    const encoder = new TextEncoder();
    return (xml, last) => file.push(encoder.encode(xml), last);
  }
}
