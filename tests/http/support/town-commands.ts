import type { Command } from '../../../src/index.ts';

type Sent = Command extends infer Each ? (Each extends Command ? Omit<Each, 'id'> : never) : never;

/** The two payers, with the certificates that are theirs. */
const payers = [
  { payerId: 'uo', name: 'Управление образования', certificateIds: ['0000000001', '0000000002'] },
  { payerId: 'dp', name: 'Департамент', certificateIds: ['0000000003', '0000000004'] },
] as const;

/** The two providers, with the programme that is theirs; each has one module, `m1`. */
const providers = [
  { providerId: 'cdt', name: 'ЦДТ', programmeId: 'chess' },
  { providerId: 'kub', name: 'Кубик', programmeId: 'robots' },
] as const;

/** Who has an agreement with whom; `dp` has none with `cdt`. */
const agreements = [
  { agreementId: 'a-1', payerId: 'uo', providerId: 'cdt' },
  { agreementId: 'a-2', payerId: 'dp', providerId: 'kub' },
  { agreementId: 'a-3', payerId: 'uo', providerId: 'kub' },
] as const;

/** The contracts; certificate 0000000004 has none. */
const contracts = [
  { contractId: 'c-1', certificateId: '0000000001', providerId: 'cdt', programmeId: 'chess', agreementId: 'a-1' },
  { contractId: 'c-2', certificateId: '0000000003', providerId: 'kub', programmeId: 'robots', agreementId: 'a-2' },
  { contractId: 'c-3', certificateId: '0000000002', providerId: 'kub', programmeId: 'robots', agreementId: 'a-3' },
] as const;

/**
 * A small town as it stands on 10 March 2026: two payers with 12000.00 a certificate, two providers, three contracts of
 * 6000.00 for 36 lessons, two lessons held in February on each, and the invoices of February: `cdt-2026-0001` to uo,
 * `kub-2026-0001` to dp and `kub-2026-0002` to uo.
 */
export function* townCommands(): Generator<Sent> {
  for (const payer of payers) yield* payerCommands(payer);
  for (const provider of providers) yield* providerCommands(provider);
  for (const agreement of agreements) {
    const term = { date: '2025-12-20', from: '2026-01-01', until: '2026-12-31' };
    yield { command: 'concludeAgreement', ...agreement, number: agreement.agreementId, ...term };
  }
  for (const { payerId, certificateIds } of payers) {
    for (const certificateId of certificateIds) yield* certificateCommands(payerId, certificateId);
  }
  for (const contract of contracts) yield* contractCommands(contract);
  yield { command: 'issueInvoices', month: '2026-02', on: '2026-03-02' };
}

function* payerCommands({ payerId, name }: (typeof payers)[number]): Generator<Sent> {
  yield { command: 'registerPayer', payerId, name };
  for (const year of ['2026', '2027']) {
    const term = { from: `${year}-01-01`, until: `${year}-12-31` };
    yield { command: 'openFundingPeriod', payerId, periodId: year, ...term };
  }
  const group = { payerId, groupId: 'funded' };
  yield { command: 'defineCertificateGroup', ...group, name: 'Сертификаты финансирования', kind: 'funding' };
  yield { command: 'setGroupNominal', ...group, periodId: '2026', nominal: '12000.00' };
}

function* providerCommands({ providerId, name, programmeId }: (typeof providers)[number]): Generator<Sent> {
  yield { command: 'registerProvider', providerId, name, legalForm: 'organisation' };
  const ages = { ageFrom: 5, ageTo: 17 };
  const modules = [{ moduleId: 'm1', name: 'Первый', lessons: 36, price: '6000.00', normativePrice: '6000.00' }];
  yield {
    command: 'submitProgramme',
    programmeId,
    providerId,
    name: programmeId,
    direction: 'техническая',
    ...ages,
    modules,
  };
  for (const expertId of ['e-1', 'e-2'])
    yield { command: 'recordExpertReview', programmeId, expertId, verdict: 'meets' };
  yield { command: 'decideCertification', programmeId, outcome: 'certified', on: '2026-01-05' };
}

function* certificateCommands(payerId: string, certificateId: string): Generator<Sent> {
  const dates = { birthDate: '2014-05-20', issuedOn: '2026-01-10' };
  yield {
    command: 'issueCertificate',
    certificateId,
    payerId,
    groupId: 'funded',
    holderId: `h-${certificateId}`,
    ...dates,
  };
  yield { command: 'topUpNominal', certificateId, periodId: '2026' };
}

function* contractCommands(contract: (typeof contracts)[number]): Generator<Sent> {
  const { contractId } = contract;
  const term = { date: '2026-01-12', from: '2026-01-15', until: '2026-05-31', lessons: 36, price: '6000.00' };
  yield { command: 'blockCourse', ...contract, moduleId: 'm1', number: `${contractId}/26`, ...term };
  for (const date of ['2026-02-03', '2026-02-05']) {
    const lessonId = `${contractId}-${date}`;
    yield { command: 'recordLesson', lessonId, date, attendance: [{ contractId, status: 'attended' }] };
  }
}
