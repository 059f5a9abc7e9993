import type { Ledger } from '../../../src/index.ts';
import { openLedger } from '../../../src/index.ts';

type Body = Record<string, unknown> & { readonly command: string };

/** The instant everything about the invoices is recorded at, so that only the log tells what came first. */
export const ISSUED_AT = '2020-10-01T15:00:00Z';
const [CLUB, SILENT] = ['club', 'silent'];

/**
 * A payer, a club with two agreements and four contracts of 36 lessons and 6000.00 each over the 122 days from
 * 1 September, a provider that holds no lesson, an advance of 80 % for September, and the invoices of September.
 */
export async function september(): Promise<Ledger> {
  const ledger = await openLedger({ store: 'memory:' });
  await send(ledger, '2020-01-09T08:00:00Z', [
    { command: 'registerPayer', payerId: 'uo', name: 'Управление', inn: '6827000000' },
    { command: 'openFundingPeriod', payerId: 'uo', periodId: '2020', from: '2020-01-01', until: '2020-12-31' },
    { command: 'defineCertificateGroup', payerId: 'uo', groupId: 'g', name: 'Г', kind: 'funding' },
    { command: 'setGroupNominal', payerId: 'uo', groupId: 'g', periodId: '2020', nominal: '10000' },
    ...provider(CLUB, 'Клуб', ['s-b', 's-a']),
    ...provider(SILENT, 'Тихие', ['s-c']),
    ...['k1', 'k2', 'k3', 'k4', 'k5'].flatMap(certificate),
  ]);
  await send(ledger, '2020-08-20T08:00:00Z', [
    contract('k1', CLUB, 's-b'),
    contract('k2', CLUB, 's-a'),
    contract('k3', CLUB, 's-b'),
    contract('k4', CLUB, 's-b'),
    contract('k5', SILENT, 's-c'),
  ]);
  await send(ledger, '2020-09-02T08:00:00Z', [
    { command: 'requestAdvance', month: '2020-09', on: '2020-09-02', percent: 80 },
  ]);
  await send(ledger, '2020-09-08T08:00:00Z', [
    ...[3, 4, 5].map((day) => lesson(day, ['k1', 'k2', 'k3'])),
    lesson(7, ['k4']),
    { command: 'closeCertificate', certificateId: 'c-k4', on: '2020-09-08', reason: 'moved' },
  ]);
  const ended = { command: 'terminateContract', initiator: 'parent', reason: 'переезд' };
  await send(ledger, '2020-09-10T08:00:00Z', [
    { ...ended, contractId: 'k2', noticeOn: '2020-09-10', effectiveOn: '2020-09-15' },
  ]);
  const details = { command: 'changeProviderDetails', providerId: CLUB, on: '2020-10-01' };
  await send(ledger, ISSUED_AT, [
    { ...details, name: 'Клуб «Ёлка»', bank: { bik: '044525225', account: '40703', name: 'Банк' } },
    { command: 'issueInvoices', month: '2020-09', on: '2020-10-01' },
    { ...details, name: 'Клуб «Сосна»', kpp: '682701001' },
    { command: 'changePayerDetails', payerId: 'uo', on: '2020-10-01', name: 'Департамент' },
  ]);
  await send(ledger, '2020-10-05T08:00:00Z', [
    { ...ended, contractId: 'k3', noticeOn: '2020-09-20', effectiveOn: '2020-09-20' },
  ]);
  return ledger;
}

/** Everything an answer yields. */
export async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

let commands = 0;

/** Sends commands at an instant, one after another. */
export async function send(ledger: Ledger, at: string, bodies: readonly Body[]): Promise<void> {
  for (const body of bodies) {
    commands += 1;
    await ledger.executeUnknown({ ...body, id: `command-${commands}` }, { at, durable: false });
  }
}

function provider(providerId: string, name: string, agreements: readonly string[]): Body[] {
  const programmeId = `p-${providerId}`;
  const review = { command: 'recordExpertReview', programmeId, verdict: 'meets' };
  const modules = agreements.map((_, index) => ({
    moduleId: `m${index}`,
    name: 'М',
    lessons: 36,
    price: '6000',
    normativePrice: '6000',
  }));
  return [
    {
      command: 'registerProvider',
      providerId,
      name,
      legalForm: 'organisation',
      inn: '6827000001',
      ogrn: '1026800000001',
    },
    { command: 'submitProgramme', programmeId, providerId, name, direction: 'д', ageFrom: 5, ageTo: 17, modules },
    { ...review, expertId: 'first' },
    { ...review, expertId: 'second' },
    { command: 'decideCertification', programmeId, outcome: 'certified', on: '2020-01-09' },
    ...agreements.map((agreementId, index) => ({
      ...{ command: 'concludeAgreement', agreementId, payerId: 'uo', providerId, number: `${index + 1}/20` },
      ...{ date: '2020-01-09', from: '2020-01-09', until: '2020-12-31' },
    })),
  ];
}

function certificate(contractId: string): Body[] {
  const certificateId = `c-${contractId}`;
  const child = { holderId: `h-${contractId}`, birthDate: '2010-05-05', issuedOn: '2020-01-09' };
  return [
    { command: 'issueCertificate', certificateId, payerId: 'uo', groupId: 'g', ...child },
    { command: 'topUpNominal', certificateId, periodId: '2020' },
  ];
}

function contract(contractId: string, providerId: string, agreementId: string): Body {
  const course = { programmeId: `p-${providerId}`, moduleId: 'm0', lessons: 36, price: '6000' };
  const term = { date: '2020-08-20', from: '2020-09-01', until: '2020-12-31' };
  const names = { contractId, certificateId: `c-${contractId}`, providerId, agreementId, number: `№ ${contractId}` };
  return { command: 'blockCourse', ...names, ...course, ...term };
}

function lesson(day: number, contracts: readonly string[]): Body {
  const attendance = contracts.map((contractId) => ({ contractId, status: 'attended' }));
  return { command: 'recordLesson', lessonId: `l-${day}`, date: `2020-09-0${day}`, attendance };
}
