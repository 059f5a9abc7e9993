import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advanceModel } from '../../api/documents/advance-document.ts';
import { invoiceModel } from '../../api/documents/invoice-document.ts';
import { monthDocuments } from '../../api/documents/month-documents.ts';
import type { AdvanceDocument, InvoiceDocument, Ledger } from '../../src/index.ts';
import { allOf, ISSUED_AT, send, september } from '../support/documents/september.ts';

let ledger: Ledger;
let [club, silent] = [] as InvoiceDocument[];

beforeAll(async () => {
  ledger = await september();
  [club, silent] = await allOf(ledger.invoiceDocuments({ month: '2020-09' }));
});
afterAll(() => ledger.close());

describe('what an invoice says on paper', () => {
  test('names and accounts as they had been recorded when it was issued, not what came at the same instant after it', () => {
    expect(club?.recordedAt).toBe(ISSUED_AT);
    expect(club?.payer).toEqual({ payerId: 'uo', name: 'Управление', inn: '6827000000' });
    expect(club?.provider).toEqual({
      providerId: 'club',
      name: 'Клуб «Ёлка»',
      legalForm: 'organisation',
      inn: '6827000001',
      ogrn: '1026800000001',
      bank: { bik: '044525225', account: '40703', name: 'Банк' },
    });
  });

  test('its lines by agreement in the order of agreementId, each with its part of the advance', () => {
    // Three lessons of 6000.00 / 36 come to 500.00, one to 166.67; 80 % of nine planned lessons (1500.00) are 1200.00.
    expect(
      club?.agreements.map(({ agreementId, number, date, services, advance, lines }) => {
        return [agreementId, number, date, services, advance, lines.map(({ contractId }) => contractId)];
      }),
    ).toEqual([
      ['s-a', '2/20', '2020-01-09', '500.00', '1200.00', ['k2']],
      ['s-b', '1/20', '2020-01-09', '1166.67', '3600.00', ['k1', 'k3', 'k4']],
    ]);
    expect(club).toMatchObject({ services: '1666.67', advance: '4800.00', due: '0.00', carriedOut: '-3133.33' });
  });

  test('the lessons planned by the ends of contracts and certificates that were known then', () => {
    const lines = club?.agreements.flatMap((agreement) => agreement.lines) ?? [];
    // Of 36 lessons over 122 days: 8.85 in 30 days, 4.43 in 15, 2.36 in 8. The end of k3 was learned after the issue.
    expect(lines.map(({ contractId, lessons, plannedLessons }) => [contractId, lessons, plannedLessons])).toEqual([
      ['k2', 3, 4],
      ['k1', 3, 9],
      ['k3', 3, 9],
      ['k4', 1, 2],
    ]);
  });

  test('the volume of each line, and sums that lead from the annexes to the invoice', () => {
    const { sections } = invoiceModel(club as InvoiceDocument);
    expect(sections.map(({ title }) => title)).toEqual([
      'Счёт № club-2020-0001 от 01.10.2020',
      'Приложение № 1 к счёту от 01.10.2020 № club-2020-0001',
      'Приложение № 2 к счёту от 01.10.2020 № club-2020-0001',
    ]);
    expect(sections.slice(1).map(({ rows }) => rows)).toEqual([
      [[1, '№ k2', '2020-08-20', 'c-k2', 75_00, 500_00]],
      [
        [1, '№ k1', '2020-08-20', 'c-k1', 33_33, 500_00],
        [2, '№ k3', '2020-08-20', 'c-k3', 33_33, 500_00],
        [3, '№ k4', '2020-08-20', 'c-k4', 50_00, 166_67],
      ],
    ]);
    expect(sections.map(({ foot }) => foot.map(({ label, amount }) => [label, amount]))).toEqual([
      [
        ['Всего оказано услуг на сумму', 1666_67],
        ['Аванс', 4800_00],
        ['Подлежит оплате', 0],
        ['Переносится на следующий счёт', -3133_33],
      ],
      [
        ['Всего оказано услуг на сумму', 500_00],
        ['Аванс', 1200_00],
        ['Подлежит оплате', -700_00],
      ],
      [
        ['Всего оказано услуг на сумму', 1166_67],
        ['Аванс', 3600_00],
        ['Подлежит оплате', -2433_33],
      ],
    ]);
  });

  test('without a line nothing but the advance, under its agreement and without an annex', () => {
    const { sections } = invoiceModel(silent as InvoiceDocument);
    expect(sections.map(({ name, rows }) => [name, rows])).toEqual([
      ['Счёт', [[1, '№ 1/20 от 09.01.2020', '—', 0, 1200_00, -1200_00]]],
    ]);
  });

  test('the same whatever becomes of it', async () => {
    const documentOf = async (number: string) => (await allOf(ledger.invoiceDocuments({ number })))[0];
    await send(ledger, '2020-10-06T08:00:00Z', [
      { command: 'acceptInvoice', number: 'silent-2020-0001', on: '2020-10-06' },
      { command: 'rejectInvoice', number: 'club-2020-0001', on: '2020-10-06', reason: 'ошибка' },
    ]);
    expect(await documentOf('silent-2020-0001')).toEqual(silent);
    expect(await documentOf('club-2020-0001')).toEqual(club);
    expect(club?.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('the SHA-256 of the invoice as answers write it: without its life, members in order, without blanks', async () => {
    const [answer] = await allOf(ledger.invoices({ number: 'silent-2020-0001' }));
    const { status, acceptedOn, paidOn, ...issued } = answer ?? expect.unreachable('the invoice is there');
    expect({ status, acceptedOn, paidOn }).toEqual({ status: 'paid', acceptedOn: '2020-10-06', paidOn: '2020-10-06' });
    const members = Object.entries(issued).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(issued.lines).toEqual([]);
    const canonical = `{${members.map(([name, value]) => `"${name}":${JSON.stringify(value)}`).join(',')}}`;
    expect(silent?.digest).toBe(createHash('sha256').update(canonical).digest('hex'));
  });

  test('and is left out of the papers of its month once it was rejected', async () => {
    const month = await allOf(monthDocuments(ledger, '2020-09'));
    expect(month.map(({ fileName }) => fileName)).toEqual([
      'silent-2020-0001',
      'club_uo_2020-09_avans',
      'silent_uo_2020-09_avans',
      'uo_2020-09_reestr',
    ]);
  });
});

describe('what a request for an advance says on paper', () => {
  test('its contracts by agreement, the percent in the place of the volume, and nothing of services', async () => {
    const [request] = (await allOf(ledger.advanceDocuments('2020-09'))) as [AdvanceDocument];
    expect(request).toMatchObject({ requestedOn: '2020-09-02', percent: 80, planned: '6000.00', amount: '4800.00' });
    expect(request.provider.name).toBe('Клуб');
    const { sections } = advanceModel(request);
    expect(sections[1]?.rows).toEqual([[1, '№ k2', '2020-08-20', 'c-k2', 80_00, 1200_00]]);
    expect(sections[2]?.foot.map(({ label, amount, words }) => [label, amount, words])).toEqual([
      ['Всего оказано услуг на сумму', null, undefined],
      ['Аванс', 3600_00, undefined],
      ['Подлежит оплате', 3600_00, 'Три тысячи шестьсот рублей 00 копеек'],
    ]);
  });
});
