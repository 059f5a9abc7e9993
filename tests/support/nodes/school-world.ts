import { MemoryEventStore } from '../../../src/store/memory/memory-event-store.ts';
import { openNode } from './node.ts';

export type Body = Record<string, unknown> & { readonly command: string };

/** What may be tight in the little world; nothing is unless it is said. */
export interface Limits {
  readonly places?: number;
  readonly placesAmount?: string;
  readonly agreement?: string;
  readonly nominal?: string;
  /** The certificates that are topped up for 2020 already. */
  readonly toppedUp?: readonly string[];
  /** What happens after the set-up and before the trial. */
  readonly afterwards?: readonly Body[];
}

/** Certificates of the little world. */
export const CERTIFICATES = ['01', '02', '03'] as const;

/**
 * A payer with a summer period that is over and the year 2020, a provider with modules m1, m2, m3 of 100.00 each, and
 * three certificates.
 */
export async function schoolWorld(limits: Limits = {}): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const ledger = await openNode(store);
  const { toppedUp = CERTIFICATES, afterwards = [] } = limits;
  const bodies: Body[] = [
    { command: 'registerPayer', payerId: 'uo', name: 'Управление' },
    { command: 'openFundingPeriod', payerId: 'uo', periodId: 'spring', from: '2020-01-01', until: '2020-05-31' },
    { command: 'openFundingPeriod', payerId: 'uo', periodId: '2020', from: '2020-06-01', until: '2020-12-31' },
    {
      command: 'defineCertificateGroup',
      payerId: 'uo',
      groupId: 'fund',
      name: 'Ф',
      kind: 'funding',
      ...(limits.places && { limitCount: limits.places }),
      ...(limits.placesAmount && { limitAmount: limits.placesAmount }),
    },
    {
      command: 'setGroupNominal',
      payerId: 'uo',
      groupId: 'fund',
      periodId: '2020',
      nominal: limits.nominal ?? '1000.00',
    },
    { command: 'setGroupNominal', payerId: 'uo', groupId: 'fund', periodId: 'spring', nominal: '500.00' },
    ...['club', 'school'].flatMap((providerId) => providerBodies(providerId, limits.agreement)),
    ...CERTIFICATES.map((certificateId) => ({
      command: 'issueCertificate',
      certificateId,
      payerId: 'uo',
      groupId: 'fund',
      holderId: `h${certificateId}`,
      birthDate: '2010-05-05',
      issuedOn: '2020-01-10',
    })),
    ...toppedUp.map((certificateId) => ({ command: 'topUpNominal', certificateId, periodId: '2020' })),
    ...afterwards,
  ];
  for (const [index, body] of bodies.entries()) await ledger.executeUnknown({ ...body, id: `set-up-${index}` });
  return store;
}

function providerBodies(providerId: string, totalLimit: string | undefined): Body[] {
  const programmeId = `${providerId}-art`;
  const review = { command: 'recordExpertReview', programmeId, verdict: 'meets' };
  return [
    { command: 'registerProvider', providerId, name: 'Школа', legalForm: 'organisation' },
    {
      command: 'concludeAgreement',
      agreementId: `${providerId}-uo`,
      payerId: 'uo',
      providerId,
      number: providerId,
      date: '2020-01-05',
      from: '2020-01-05',
      until: '2020-12-31',
      ...(totalLimit && { totalLimit }),
    },
    {
      command: 'submitProgramme',
      programmeId,
      providerId,
      name: 'П',
      direction: 'Н',
      ageFrom: 5,
      ageTo: 17,
      modules: ['m1', 'm2', 'm3'].map((moduleId) => ({
        moduleId,
        name: moduleId,
        lessons: 4,
        price: '100.00',
        normativePrice: '100.00',
      })),
    },
    { ...review, expertId: 'e1' },
    { ...review, expertId: 'e2' },
    { command: 'decideCertification', programmeId, outcome: 'certified', on: '2020-01-08' },
  ];
}

/** A course of four lessons from September to December; what is given replaces what is usual. */
export function block(contractId: string, certificateId: string, given: Record<string, unknown> = {}): Body {
  const providerId = String(given.providerId ?? 'club');
  return {
    command: 'blockCourse',
    contractId,
    certificateId,
    providerId,
    programmeId: `${providerId}-art`,
    moduleId: 'm1',
    agreementId: `${providerId}-uo`,
    number: `n-${contractId}`,
    date: '2020-08-25',
    from: '2020-09-01',
    until: '2020-12-20',
    lessons: 4,
    price: '100.00',
    ...given,
  };
}

export function lesson(lessonId: string, date: string, ...contractIds: readonly string[]): Body {
  const attendance = contractIds.map((contractId) => ({ contractId, status: 'attended' }));
  return { command: 'recordLesson', lessonId, date, attendance };
}
