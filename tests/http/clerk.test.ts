import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invoiceModel } from '../../api/documents/invoice-document.ts';
import { renderDocument } from '../../api/documents/render.ts';
import type { MonthCheck } from '../../src/index.ts';
import type { Sender, Town } from './support/open-town.ts';
import { openTown } from './support/open-town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

async function check(query: string, as: Sender = 'operator'): Promise<MonthCheck> {
  const answer = await town.get(`/invoices/check?month=2026-02${query}`, { as });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<MonthCheck>();
}

describe('the check of a month', () => {
  test('is that of the ledger, for an operator', async () => {
    expect(await check('')).toEqual(await town.ledger.invoicesCheck('2026-02'));
    expect(await check('&payer=uo&provider=cdt')).toEqual(
      await town.ledger.invoicesCheck('2026-02', { payerId: 'uo', providerId: 'cdt' }),
    );
  });

  test('tells a payer and a provider of their own rows, whatever they ask for', async () => {
    expect((await check('', 'payer-dp')).attendance.map(({ payerId }) => payerId)).toEqual(['dp']);
    expect((await check('', 'provider-cdt')).attendance.map(({ providerId }) => providerId)).toEqual(['cdt']);
    expect(await check('&payer=uo', 'payer-dp')).toMatchObject({
      blocking: 0,
      advice: 0,
      attendance: [],
      findings: [],
    });
    expect((await check('&payer=dp', 'provider-kub')).attendance.map(({ payerId }) => payerId)).toEqual(['dp']);
  });

  test('a provider is not told who soon reaches 18', async () => {
    const certificateId = '0000000077';
    const issued = { certificateId, payerId: 'dp', groupId: 'funded', holderId: 'h-77' };
    await town.post('/certificates', { ...issued, birthDate: '2008-03-20', issuedOn: '2026-01-10' });
    const kinds = async (as: Sender) => (await check('', as)).findings.map(({ kind }) => kind);
    expect(await kinds('payer-dp')).toContain('comingOfAge');
    expect(await kinds('provider-kub')).not.toContain('comingOfAge');
  });
});

describe('an invoice as a document', () => {
  const url = '/invoices/cdt-2026-0001';

  test.each([
    ['pdf', 'application/pdf', '%PDF'],
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'PK'],
    ['csv', 'text/csv', '\ufeff'],
  ] as const)('is the %s the command line writes, by Accept or by format', async (format, type, begins) => {
    const byFormat = await town.get(`${url}?format=${format}`, { as: 'provider-cdt' });
    const byAccept = await town.get(url, { as: 'payer-uo', headers: { accept: type } });
    expect(byFormat.headers['content-type']).toContain(type);
    expect(byFormat.headers['content-disposition']).toContain(`.${format}"`);
    expect(byFormat.rawPayload.toString('utf8').startsWith(begins)).toBe(true);
    expect(byAccept.rawPayload.equals(byFormat.rawPayload)).toBe(true);
    for await (const document of town.ledger.invoiceDocuments({ number: 'cdt-2026-0001' })) {
      const written = await renderDocument(invoiceModel(document), format);
      expect(byFormat.rawPayload.equals(written)).toBe(true);
    }
  });

  test('names whom it pays, so it is not for an auditor; nor for those it is not between', async () => {
    expect((await town.get(`${url}?format=pdf`, { as: 'auditor-uo' })).json()).toMatchObject({ code: 'access.denied' });
    expect((await town.get(`${url}?format=pdf`, { as: 'payer-dp' })).json()).toMatchObject({
      code: 'invoice.not_found',
    });
  });

  test('is sent whole to whoever has its JSON already', async () => {
    const known = (await town.get(url)).headers.etag ?? '';
    expect((await town.get(url, { headers: { 'if-none-match': known } })).statusCode).toBe(304);
    const document = await town.get(url, { headers: { accept: 'text/csv', 'if-none-match': known } });
    expect([document.statusCode, document.headers.etag]).toEqual([200, undefined]);
  });

  test('in another form is refused by name, and anything else is JSON', async () => {
    expect((await town.get(`${url}?format=docx`)).json()).toMatchObject({ status: 400, code: 'request.invalid' });
    expect((await town.get(url, { headers: { accept: 'image/png' } })).json()).toMatchObject({ status: 406 });
    expect((await town.get(url, { headers: { accept: '*/*' } })).json()).toMatchObject({ number: 'cdt-2026-0001' });
  });
});
