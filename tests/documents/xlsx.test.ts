import type { Sheet } from 'hucre';
import { readXlsx } from 'hucre/xlsx';
import { beforeAll, describe, expect, test } from 'vitest';
import { invoiceModel } from '../../api/documents/invoice-document.ts';
import type { DocumentModel, Section } from '../../api/documents/model.ts';
import { renderDocument } from '../../api/documents/render.ts';
import { summaryModel } from '../../api/documents/summary-document.ts';
import { ODD_NAMES, sampleInvoice } from '../support/documents/sample-invoice.ts';
import { machineHas, recalculated, withoutResults } from '../support/documents/tools.ts';

const calculates = machineHas('soffice', '--version', 'a spreadsheet comes to the same sums as the ledger');
const document = sampleInvoice({ lines: 260, name: ODD_NAMES[1] });
const invoice = invoiceModel(document);

/** The place of a table's first row below its head, from 0 on: title, head, an empty row, headings. */
function firstRow({ head }: Section): number {
  return head.length + 3;
}

async function sheetsOf(model: DocumentModel): Promise<readonly Sheet[]> {
  return (await readXlsx(await renderDocument(model, 'xlsx'), { readStyles: true })).sheets;
}

describe('an invoice as a workbook, read by another library', () => {
  let sheets: readonly Sheet[] = [];
  beforeAll(async () => {
    sheets = await sheetsOf(invoice);
  });

  test('has a sheet for every form, with its title and headings', () => {
    expect(sheets.map(({ name }) => name)).toEqual(['Счёт', 'Приложение 1', 'Приложение 2']);
    for (const [index, section] of invoice.sections.entries()) {
      expect(sheets[index]?.rows[0]?.[0]).toBe(section.title);
      const headings = section.columns.map(({ heading }) => heading);
      expect(sheets[index]?.rows[firstRow(section) - 1]).toEqual(headings);
    }
  });

  test('has every figure of every line: amounts as numbers with two decimals, numbers of certificates as text', () => {
    const [, annex] = invoice.sections as [Section, Section];
    for (const [index, line] of (document.agreements[0]?.lines ?? []).entries()) {
      const row = firstRow(annex) + index;
      const cells = sheets[1]?.rows[row] ?? [];
      expect([cells[0], cells[1], cells[3]]).toEqual([index + 1, line.contractNumber, line.certificateId]);
      expect(cells[5]).toBe(Number(line.amount));
      expect(sheets[1]?.cells?.get(`${row},5`)?.style?.numFmt).toBe('#,##0.00');
      expect((cells[2] as Date).toISOString().slice(0, 10)).toBe(line.contractDate);
    }
  });

  test('has totals that are formulas over exactly the lines', () => {
    const [, annex] = invoice.sections as [Section, Section];
    const [from, to] = [firstRow(annex) + 1, firstRow(annex) + annex.rows.length];
    const foot = annex.foot.map((_, index) => sheets[1]?.cells?.get(`${to + 1 + index},5`));
    expect(foot[0]?.formula).toBe(`ROUND(SUM(F${from}:F${to}),2)`);
    expect(foot[2]?.formula).toBe(`ROUND(F${to + 2}-F${to + 3},2)`);
    expect(foot.map((cell) => cell?.formulaResult ?? cell?.value)).toEqual([
      Number(document.agreements[0]?.services),
      100,
      (annex.foot[2]?.amount ?? 0) / 100,
    ]);
  });

  test('takes a name that looks like a formula for a name', () => {
    const cell = sheets[0]?.cells?.get('1,2');
    expect({ value: cell?.value, formula: cell?.formula }).toEqual({ value: ODD_NAMES[1], formula: undefined });
  });

  test.each(ODD_NAMES)('keeps the name %j', async (name) => {
    const [sheet] = await sheetsOf(invoiceModel(sampleInvoice({ lines: 2, name })));
    // Marks that turn the direction of text are left out, whatever the format.
    expect(sheet?.rows[1]?.[2]).toBe(name.replace(/[\u200f\u202a-\u202e]/g, ''));
  });
});

describe.runIf(calculates)('a workbook calculated anew by a spreadsheet', () => {
  test('comes to the same kopeck in every total of an invoice, its annexes and the summary', async () => {
    const { agreements: _, ...head } = document;
    const negative = { ...head, number: 'club-2020-0002', due: '0.00', carriedOut: '-0.01' };
    const models = [invoice, summaryModel([head, negative])];
    for (const model of models) {
      const sheets = recalculated(withoutResults(await renderDocument(model, 'xlsx')));
      expect(sheets).toHaveLength(model.sections.length);
      for (const [index, section] of model.sections.entries()) {
        const rows = sheets[index] ?? [];
        for (const { label, amount } of section.foot) {
          const row = rows.find((cells) => cells[0] === label);
          expect([label, row?.at(-1)]).toEqual([label, String((amount ?? 0) / 100)]);
        }
        if (section.totals === undefined) continue;
        const totals = rows.find((cells) => cells[0] === section.totals);
        for (const [column, { kind }] of section.columns.entries()) {
          if (kind !== 'amount') continue;
          const sum = section.rows.reduce((all, cells) => all + Number(cells[column]), 0);
          expect(totals?.[column]).toBe(String(sum / 100));
        }
      }
    }
  }, 120_000);
});
