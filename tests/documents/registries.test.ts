import { readXlsx } from 'hucre/xlsx';
import { expect, onTestFinished, test } from 'vitest';
import { registryForms } from '../../api/documents/registry/headings.ts';
import { registryCsv, registryXlsx } from '../../api/documents/registry/render-registry.ts';
import { registryNames } from '../../src/index.ts';
import { allOf, september } from '../support/documents/september.ts';

test('every registry has a form, and no heading stands there twice', () => {
  expect(Object.keys(registryForms)).toEqual(registryNames);
  for (const { columns, list } of Object.values(registryForms)) {
    const headings = [...columns, ...(list?.columns ?? [])].map(({ heading }) => heading);
    expect(headings).toEqual([...new Set(headings)]);
  }
});

test('the contracts as a workbook and as CSV are those of the ledger, with the words of the documents', async () => {
  const ledger = await september();
  onTestFinished(() => ledger.close());
  const workbook = await allOf(registryXlsx('contracts', ledger.registry('contracts')));
  const [sheet] = (await readXlsx(Buffer.concat(workbook))).sheets;
  const [headings = [], ...rows] = sheet?.rows ?? [];
  const csv = Buffer.concat(await allOf(registryCsv('contracts', ledger.registry('contracts')))).toString();
  const [names = '', ...records] = csv.trimEnd().split('\r\n');
  expect(names).toBe(`\ufeff${headings.join(';')}`);
  expect(headings).toEqual(expect.arrayContaining(['№ договора', 'Дата договора', 'Номер сертификата']));
  const contracts = await allOf(ledger.registry('contracts'));
  expect(rows).toHaveLength(contracts.length);
  for (const [index, { number, date, certificateId, status, share, charged }] of contracts.entries()) {
    const row = Object.fromEntries(headings.map((heading, column) => [heading, rows[index]?.[column]]));
    const told = { active: 'действует', terminated: 'расторгнут', released: 'высвобожден' }[status];
    expect(row).toMatchObject({ '№ договора': number, 'Номер сертификата': certificateId, Состояние: told });
    expect([row['За счёт сертификата, руб.'], row['Списано, руб.']]).toEqual([Number(share), Number(charged)]);
    expect((row['Дата договора'] as Date).toISOString().slice(0, 10)).toBe(date);
    const cells = records[index]?.split(';') ?? [];
    expect(cells[headings.indexOf('Дата договора')]).toBe(date.split('-').reverse().join('.'));
    expect(cells[headings.indexOf('Списано, руб.')]).toBe(charged.replace('.', ','));
  }
});

test('a registry of 100 000 rows is written piece by piece', async () => {
  let asked = 0;
  async function* many() {
    for (; asked < 100_000; asked += 1) yield { month: '2020-09', percent: 80, amount: '12.50', payerId: 'uo' };
  }
  let pieces = 0;
  let size = 0;
  let askedBeforeLast = 0;
  for await (const piece of registryXlsx('advances', many())) {
    pieces += 1;
    size += piece.length;
    if (asked < 100_000) askedBeforeLast = asked;
  }
  expect(pieces).toBeGreaterThan(50);
  expect(askedBeforeLast).toBeGreaterThan(90_000);
  // Nobody gathers the sheet: what is packed leaves at once, about a tenth of the text at the most.
  expect(size).toBeLessThan(4_000_000);
});
