import { describe, expect, test } from 'vitest';
import { fixedClock, openLedger } from '../../src/index.ts';

/** An id may hold any text (SPEC section 11), so the number of an invoice, which begins with the provider's, does too. */
const providerIds = ['cdt', 'cdt-2026-0001', 'Дом № 5/"а"', 'two\nlines', 'two\u2028lines', 'x'.repeat(200)];

const year = { from: '2026-01-01', until: '2026-12-31' };
const modules = [{ moduleId: 'm1', name: 'First', lessons: 36, price: '6000.00', normativePrice: '6000.00' }];

function month(providerId: string) {
  return [
    { command: 'registerPayer', payerId: 'uo', name: 'Education' },
    { command: 'openFundingPeriod', payerId: 'uo', periodId: '2026', ...year },
    { command: 'defineCertificateGroup', payerId: 'uo', groupId: 'g', name: 'Funded', kind: 'funding' },
    { command: 'setGroupNominal', payerId: 'uo', groupId: 'g', periodId: '2026', nominal: '12000.00' },
    { command: 'registerProvider', providerId, name: 'House', legalForm: 'organisation' },
    {
      ...{ command: 'submitProgramme', programmeId: 'chess', providerId, name: 'Chess', direction: 'sport' },
      ...{ ageFrom: 7, ageTo: 17, modules },
    },
    { command: 'recordExpertReview', programmeId: 'chess', expertId: 'e-1', verdict: 'meets' },
    { command: 'recordExpertReview', programmeId: 'chess', expertId: 'e-2', verdict: 'meets' },
    { command: 'decideCertification', programmeId: 'chess', outcome: 'certified', on: '2026-01-05' },
    {
      command: 'concludeAgreement',
      agreementId: 'a',
      payerId: 'uo',
      providerId,
      number: '1',
      date: '2026-01-01',
      ...year,
    },
    {
      ...{ command: 'issueCertificate', certificateId: '1', payerId: 'uo', groupId: 'g', holderId: 'h' },
      ...{ birthDate: '2014-05-20', issuedOn: '2026-01-10' },
    },
    { command: 'topUpNominal', certificateId: '1', periodId: '2026' },
    {
      ...{ command: 'blockCourse', certificateId: '1', contractId: 'c', providerId, programmeId: 'chess' },
      ...{ moduleId: 'm1', agreementId: 'a', number: '1', date: '2026-01-12', from: '2026-01-15', until: '2026-12-31' },
      ...{ lessons: 36, price: '6000.00' },
    },
    {
      ...{ command: 'recordLesson', lessonId: 'l', date: '2026-02-03' },
      attendance: [{ contractId: 'c', status: 'attended' }],
    },
    { command: 'issueInvoices', month: '2026-02', on: '2026-03-02' },
    { command: 'acceptInvoice', number: `${providerId}-2026-0001`, on: '2026-03-03' },
  ];
}

describe('when an invoice is accepted and explained', () => {
  test.each(providerIds)('its number leads to the provider %j, whatever its id is', async (providerId) => {
    const ledger = await openLedger({ store: 'memory:', clock: fixedClock('2026-03-10T09:00:00Z') });
    for (const [index, command] of month(providerId).entries()) {
      await ledger.executeUnknown({ ...command, id: `${index}` }, { durable: false });
    }
    const { items } = await ledger.registryPage('invoices', {});
    expect(items).toMatchObject([{ number: `${providerId}-2026-0001`, status: 'accepted' }]);
    const [line] = await ledger.invoiceLineEvents(`${providerId}-2026-0001`);
    expect(line?.events).toMatchObject([{ type: 'LessonCharged', lessonId: 'l' }]);
    await ledger.close();
  });
});
