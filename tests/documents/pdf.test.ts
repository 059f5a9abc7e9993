import { beforeAll, describe, expect, test } from 'vitest';
import { invoiceModel } from '../../api/documents/invoice-document.ts';
import { renderDocument } from '../../api/documents/render.ts';
import type { InvoiceDocument, InvoiceDocumentLine } from '../../src/index.ts';
import { ODD_NAMES, sampleInvoice } from '../support/documents/sample-invoice.ts';
import type { Word } from '../support/documents/tools.ts';
import { machineHas, textOfPdf, wordsOfPdf } from '../support/documents/tools.ts';

const readable = machineHas('pdftotext', '-v', 'a PDF can be read back');

function pdfOf(document: InvoiceDocument): Promise<Uint8Array> {
  return renderDocument(invoiceModel(document), 'pdf');
}

/** Without blanks: where a line was wrapped is no matter. */
function packed(text: string): string {
  return text.replace(/\s/g, '');
}

/** A line of an annex as it has to stand on paper. */
function printed(line: InvoiceDocumentLine, index: number): string {
  const { kind, contractNumber, contractDate, certificateId, lessons, plannedLessons, amount } = line;
  const date = contractDate.split('-').reverse().join('.');
  const hundredths = Math.floor((lessons * 10_000 * 2 + plannedLessons) / (2 * plannedLessons));
  const volume = kind === 'correction' || plannedLessons === 0 ? '—' : (hundredths / 100).toFixed(2).replace('.', ',');
  return packed(`${index + 1}${contractNumber}${date}${certificateId}${volume}${amount.replace('.', ',')}`);
}

describe.runIf(readable)('an invoice of 5 000 lines as a PDF', () => {
  const document = sampleInvoice({ lines: 5_000 });
  let pages: string[] = [];
  let words: Word[] = [];

  beforeAll(async () => {
    const bytes = await pdfOf(document);
    pages = textOfPdf(bytes).split('\f').slice(0, -1);
    words = wordsOfPdf(bytes);
  }, 60_000);

  test('has every figure of every line, in order, no line cut in two', () => {
    const text = packed(pages.join(''));
    let from = 0;
    for (const { lines } of document.agreements) {
      for (const [index, line] of lines.entries()) {
        const at = text.indexOf(printed(line, index), from);
        expect(at, printed(line, index)).toBeGreaterThanOrEqual(from);
        from = at;
      }
    }
  });

  test('counts its pages, has the digest on each, and repeats the heading on each page of a table', () => {
    expect(pages.length).toBeGreaterThan(100);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`стр. ${index + 1} из ${pages.length}`);
      expect(page).toContain(`SHA-256 канонического JSON счёта: ${document.digest}`);
      expect(packed(page)).toContain(index === 0 ? 'Посоглашению' : 'Номерсертификата');
    }
  });

  test('keeps every word on its page and every amount at the right edge of its column', () => {
    expect(words.length).toBeGreaterThan(2_500);
    const beyond = words.filter(({ left, right, top, bottom }) => left < 30 || right > 565 || top < 30 || bottom > 830);
    expect(beyond).toEqual([]);
    const amounts = words.filter(({ page, text, left }) => page === 7 && left > 470 && /^-?\d+,\d\d$/.test(text));
    expect(amounts.length).toBeGreaterThan(30);
    expect(new Set(amounts.map(({ right }) => right.toFixed(1))).size).toBe(1);
  });

  test('keeps the sums and signatures with the last line of the table', () => {
    const last = pages.at(-2) ?? '';
    expect(packed(last)).toContain(printed(document.agreements[0]?.lines.at(-1) as InvoiceDocumentLine, 4_998));
    for (const text of ['Всего оказано услуг на сумму', 'Руководитель', 'Главный бухгалтер', 'М.П.']) {
      expect(last).toContain(text);
    }
  });
});

describe.runIf(readable)('a table that ends where a page does', () => {
  test('leaves no page to sums and signatures alone, however many lines there are', async () => {
    for (let lines = 32; lines <= 40; lines += 1) {
      const pages = textOfPdf(await pdfOf(sampleInvoice({ lines: lines + 1 }))).split('\f');
      const [, ...annex] = pages.filter((page) => !page.includes('Приложение № 2')).slice(0, -1);
      expect(annex.length).toBeGreaterThan(0);
      expect(annex.at(-1)).toContain(`20-${String(lines).padStart(4, '0')}/Д`);
      expect(annex.at(-1)).toContain('М.П.');
    }
  });

  test('takes a line of many lines to the next page as a whole', async () => {
    const invoice = sampleInvoice({ lines: 30 });
    const agreements = invoice.agreements.map((agreement) => ({
      ...agreement,
      lines: agreement.lines.map((line) => ({ ...line, contractNumber: 'Договор № '.repeat(15) })),
    }));
    const words = wordsOfPdf(await pdfOf({ ...invoice, agreements }));
    const inTable = words.filter(({ text }) => text === 'Договор');
    expect(inTable).toHaveLength(30 * 15);
    // The page is 842 points high, and 48 of them are left for the line with the digest.
    expect(Math.max(...inTable.map(({ bottom }) => bottom))).toBeLessThan(794);
  });
});

describe.runIf(readable)('the name of a provider in a PDF', () => {
  test.each([
    [ODD_NAMES[0], 'ООО "Ёлки" и «Ёжики»'],
    [ODD_NAMES[1], '=HYPERLINK("http://example.com";"счёт")'],
    // The font has no pictures of faces; that a character was there is shown.
    [ODD_NAMES[2], 'Студия ?? ???'],
    [ODD_NAMES[3], 'довза и сын'],
    [ODD_NAMES[4], ODD_NAMES[4]],
    [ODD_NAMES[5], ODD_NAMES[5]],
  ])('%j', async (name, shown) => {
    const bytes = await pdfOf(sampleInvoice({ lines: 2, name }));
    expect(packed(textOfPdf(bytes))).toContain(packed(`Поставщик ${shown} ИНН 6827000001`));
    expect(wordsOfPdf(bytes).filter(({ right }) => right > 565)).toEqual([]);
  });
});
