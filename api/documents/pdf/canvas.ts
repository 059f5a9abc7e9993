import type { Instant } from '../../../src/kernel/instant.ts';
import { MAKER } from '../renderer-version.ts';
import { documentFonts, showable } from './fonts.ts';
import { PackedPdf } from './packed-pdf.ts';

/** How a text is set; the size is in points. */
export interface TextStyle {
  readonly weight: 'regular' | 'bold';
  readonly size: number;
}

/** A line of text and where it stands; `x` and `y` are its left upper corner, from that of the page, in points. */
export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly align?: 'left' | 'center' | 'right';
}

/** A place where a long text may be broken. */
const BREAK = /(?<=[\s\-/])/;

/** Pages to write on: sets lines of text, measures and wraps them, and draws straight lines. */
export class Canvas {
  readonly #pdf: PackedPdf;
  readonly #bytes: Promise<Uint8Array>;

  constructor({ title, at }: { readonly title: string; readonly at: Instant }) {
    this.#pdf = new PackedPdf({
      autoFirstPage: false,
      bufferPages: true,
      margin: 0,
      lang: 'ru-RU',
      displayTitle: true,
      pdfVersion: '1.7',
      info: { Title: title, Creator: MAKER, Producer: 'PDFKit', CreationDate: new Date(`${at.slice(0, 19)}Z`) },
    });
    const { regular, bold } = documentFonts();
    // The library takes open fonts too; its types name only files.
    this.#pdf.registerFont('regular', regular as never);
    this.#pdf.registerFont('bold', bold as never);
    const chunks: Uint8Array[] = [];
    this.#pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    this.#bytes = new Promise((resolve, reject) => {
      this.#pdf.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
      this.#pdf.on('error', reject);
    });
  }

  /** Begins a page of A4. */
  addPage(landscape: boolean): void {
    this.#pdf.addPage({ size: 'A4', layout: landscape ? 'landscape' : 'portrait', margin: 0 });
  }

  /** The size of the page that is written on, in points. */
  get page(): { readonly width: number; readonly height: number } {
    return this.#pdf.page;
  }

  /** Writes on every page that was begun, told its number from 1 on and how many there are. */
  onEveryPage(write: (page: number, pages: number) => void): void {
    const { start, count } = this.#pdf.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      this.#pdf.switchToPage(page);
      write(page + 1, count);
    }
  }

  /** Sets one line of text. */
  text(text: string, style: TextStyle, { x, y, width, align = 'left' }: Placed): void {
    if (text === '') return;
    const shown = showable(text);
    const space = align === 'left' ? 0 : width - this.#width(shown, style);
    this.#set(style).text(shown, x + (align === 'center' ? space / 2 : space), y, { lineBreak: false });
  }

  /** The lines a text takes where it may be that wide. Words that are wider than that are broken anywhere. */
  wrap(text: string, style: TextStyle, width: number): readonly string[] {
    const whole = showable(text);
    if (this.#width(whole, style) <= width) return [whole];
    const lines: string[] = [];
    let line = '';
    for (const word of whole.split(BREAK)) {
      if (this.#width((line + word).trimEnd(), style) <= width) {
        line += word;
        continue;
      }
      if (line !== '') lines.push(line.trimEnd());
      line = '';
      for (const character of word) {
        if (this.#width((line + character).trimEnd(), style) > width) {
          lines.push(line);
          line = '';
        }
        line += character;
      }
    }
    return [...lines, line.trimEnd()];
  }

  /** Draws a thin straight line. */
  line(from: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }): void {
    this.#pdf.lineWidth(0.5).moveTo(from.x, from.y).lineTo(to.x, to.y).stroke();
  }

  /** The finished file. */
  bytes(): Promise<Uint8Array> {
    this.#pdf.end();
    return this.#bytes;
  }

  #width(text: string, style: TextStyle): number {
    return this.#set(style).widthOfString(text);
  }

  #set({ weight, size }: TextStyle): PDFKit.PDFDocument {
    return this.#pdf.font(weight, size);
  }
}
