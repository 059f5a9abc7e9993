import { openLedger } from '../../../src/index.ts';
import type { Body } from '../nodes/school-world.ts';

const PAYERS = ['uo', 'zarechny'] as const;
const PROVIDERS = ['club', 'school'] as const;
const MODULES = ['m1', 'm2', 'm3', 'm4'];

/** What every course of the city costs, and every certificate is topped up with. */
export const [PRICE, NOMINAL] = ['100.00', '1000.00'];
/** The agreement of `uo` and `club` under which ten courses can be blocked. */
export const TIGHT_AGREEMENT = { agreementId: 'tight', courses: 10 };
/** The groups of `uo` in which five certificates can be topped up: by their count, and by their sum. */
export const TIGHT_GROUPS = { groupIds: ['by-count', 'by-sum'], places: 5 };

/**
 * Two payers, two providers and an agreement for each pair; the year 2020, which is over. Modules m1 to m4 cost
 * {@link PRICE} each.
 */
export const CITY: readonly Body[] = [
  ...PAYERS.flatMap(payer),
  ...PROVIDERS.flatMap(provider),
  ...PAYERS.flatMap((payerId) =>
    PROVIDERS.map((providerId) => agreement(`${payerId}-${providerId}`, payerId, providerId)),
  ),
  { ...agreement(TIGHT_AGREEMENT.agreementId, 'uo', 'club'), totalLimit: '1000.00' },
  ...group('by-count', { limitCount: TIGHT_GROUPS.places }),
  ...group('by-sum', { limitAmount: '5000.00' }),
];

/** Runs commands on a ledger before anybody else uses it, in their order. */
export async function setUp(store: string, bodies: readonly Body[]): Promise<void> {
  const ledger = await openLedger({ store });
  try {
    for (const [index, body] of bodies.entries()) await ledger.executeUnknown({ ...body, id: `set-up-${index}` });
  } finally {
    await ledger.close();
  }
}

function payer(payerId: string): Body[] {
  return [
    { command: 'registerPayer', payerId, name: 'Управление образования' },
    { command: 'openFundingPeriod', payerId, periodId: '2020', from: '2020-01-01', until: '2020-12-31' },
    { command: 'defineCertificateGroup', payerId, groupId: 'fund', name: 'Ф', kind: 'funding' },
    { command: 'setGroupNominal', payerId, groupId: 'fund', periodId: '2020', nominal: NOMINAL },
  ];
}

function group(groupId: string, limit: Readonly<Record<string, unknown>>): Body[] {
  return [
    { command: 'defineCertificateGroup', payerId: 'uo', groupId, name: groupId, kind: 'funding', ...limit },
    { command: 'setGroupNominal', payerId: 'uo', groupId, periodId: '2020', nominal: NOMINAL },
  ];
}

function provider(providerId: string): Body[] {
  const programmeId = `${providerId}-art`;
  const modules = MODULES.map((moduleId) => ({
    moduleId,
    name: moduleId,
    lessons: 4,
    price: PRICE,
    normativePrice: PRICE,
  }));
  const review = { command: 'recordExpertReview', programmeId, verdict: 'meets' };
  const subject = { name: 'Живопись', direction: 'художественная', ageFrom: 5, ageTo: 17, modules };
  return [
    { command: 'registerProvider', providerId, name: 'Центр творчества', legalForm: 'organisation' },
    { command: 'submitProgramme', programmeId, providerId, ...subject },
    { ...review, expertId: 'e1' },
    { ...review, expertId: 'e2' },
    { command: 'decideCertification', programmeId, outcome: 'certified', on: '2020-01-08' },
  ];
}

function agreement(agreementId: string, payerId: string, providerId: string): Body {
  const term = { date: '2020-01-05', from: '2020-01-05', until: '2020-12-31' };
  return { command: 'concludeAgreement', agreementId, payerId, providerId, number: agreementId, ...term };
}

/** A certificate that is there; what is given replaces what is usual. */
export function certificate(certificateId: string, given: Readonly<Record<string, unknown>> = {}): Body {
  const child = { holderId: `holder-${certificateId}`, birthDate: '2010-05-05', issuedOn: '2020-01-10' };
  return { command: 'issueCertificate', certificateId, payerId: 'uo', groupId: 'fund', ...child, ...given };
}

/** The top-up of a certificate for the year. */
export function topUp(certificateId: string): Body {
  return { command: 'topUpNominal', certificateId, periodId: '2020' };
}

/** A certificate with its money. */
export function funded(certificateId: string, given: Readonly<Record<string, unknown>> = {}): Body[] {
  return [certificate(certificateId, given), topUp(certificateId)];
}

/** A course of four lessons from September to December, with `club` for a certificate of `uo` unless another is given. */
export function course(contractId: string, certificateId: string, given: Readonly<Record<string, unknown>> = {}): Body {
  const providerId = String(given.providerId ?? 'club');
  const agreementId = `${String(given.payerId ?? 'uo')}-${providerId}`;
  const { payerId: _, ...other } = given;
  const term = { date: '2020-08-25', from: '2020-09-01', until: '2020-12-20', lessons: 4, price: PRICE };
  const subject = { providerId, programmeId: `${providerId}-art`, moduleId: 'm1', agreementId };
  return { command: 'blockCourse', contractId, certificateId, ...subject, number: contractId, ...term, ...other };
}
