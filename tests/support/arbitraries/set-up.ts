import type { Body } from './draft.ts';
import { courses } from './small-world.ts';

const day = '2020-08-20';

/** Commands every random sequence starts with; all of them are accepted. */
export const setUpBodies: readonly Body[] = [
  { command: 'registerPayer', payerId: 'east', name: 'Восток', zone: 'Asia/Kamchatka' },
  {
    command: 'registerPayer',
    payerId: 'west',
    name: 'Запад',
    zone: 'America/St_Johns',
    chargedStatuses: ['attended', 'excused'],
  },
  period('east', 'autumn', '2020-09-01', '2020-11-15'),
  period('east', 'winter', '2020-11-16', '2021-02-28'),
  period('west', '2020', '2020-01-01', '2020-12-31'),
  period('west', '2021', '2021-01-01', '2021-12-31'),
  {
    command: 'defineCertificateGroup',
    payerId: 'east',
    groupId: 'fund',
    name: 'Ф',
    kind: 'funding',
    limitAmount: '500',
  },
  { command: 'defineCertificateGroup', payerId: 'east', groupId: 'count', name: 'У', kind: 'accounting' },
  { command: 'defineCertificateGroup', payerId: 'east', groupId: 'bare', name: 'Р', kind: 'funding', limitCount: 1 },
  { command: 'defineCertificateGroup', payerId: 'west', groupId: 'fund', name: 'Ф', kind: 'funding', limitCount: 1 },
  { command: 'setGroupNominal', payerId: 'east', groupId: 'fund', periodId: 'autumn', nominal: '200.5' },
  { command: 'setGroupNominal', payerId: 'east', groupId: 'fund', periodId: 'winter', nominal: '100' },
  { command: 'setGroupNominal', payerId: 'west', groupId: 'fund', periodId: '2020', nominal: '150.00' },
  { command: 'setGroupNominal', payerId: 'west', groupId: 'fund', periodId: '2021', nominal: '150.00' },
  { command: 'registerProvider', providerId: 'tutor', name: 'ИП', legalForm: 'entrepreneur' },
  { command: 'registerProvider', providerId: 'studio', name: 'Студия', legalForm: 'organisation' },
  agreement('east-tutor', 'east', 'tutor', '180.00'),
  agreement('east-studio', 'east', 'studio', '150.00'),
  agreement('west-tutor', 'west', 'tutor'),
  programme('robots', 'tutor', [
    { moduleId: 'm1', name: '1', lessons: 7, price: '100.00', normativePrice: '100.00' },
    { moduleId: 'm2', name: '2', lessons: 3, price: '50.00', normativePrice: '33.34' },
  ]),
  programme('chess', 'studio', [
    { moduleId: 'm1', name: '1', lessons: 4, price: '40.00', normativePrice: '40.00' },
    { moduleId: 'm2', name: '2', lessons: 6, price: '500.00', normativePrice: '500.00' },
  ]),
  programme('drafts', 'studio', [{ moduleId: 'm1', name: '1', lessons: 1, price: '1', normativePrice: '1' }]),
  ...certified('robots'),
  ...certified('chess'),
  certificate('01', 'east', 'fund', '2012-02-29'),
  certificate('02', 'east', 'fund', '2002-11-30'),
  certificate('03', 'west', 'fund', '2010-05-05'),
  certificate('04', 'east', 'count', '2013-03-03'),
  { command: 'topUpNominal', certificateId: '01', periodId: 'autumn' },
  { command: 'topUpNominal', certificateId: '02', periodId: 'autumn' },
  { command: 'topUpNominal', certificateId: '03', periodId: '2020' },
  { command: 'recordExpertReview', programmeId: 'drafts', expertId: 'expert-1', verdict: 'doesNotMeet' },
  ...courses.slice(0, 3).map((course) => ({ command: 'blockCourse', ...course, date: day })),
];

function period(payerId: string, periodId: string, from: string, until: string): Body {
  return { command: 'openFundingPeriod', payerId, periodId, from, until };
}

function agreement(agreementId: string, payerId: string, providerId: string, totalLimit?: string): Body {
  const term = { number: agreementId, date: day, from: '2020-08-01', until: '2021-12-31' };
  return { command: 'concludeAgreement', agreementId, payerId, providerId, ...term, ...(totalLimit && { totalLimit }) };
}

function programme(programmeId: string, providerId: string, modules: readonly object[]): Body {
  return {
    command: 'submitProgramme',
    programmeId,
    providerId,
    name: 'П',
    direction: 'Н',
    ageFrom: 5,
    ageTo: 17,
    modules,
  };
}

function certified(programmeId: string): Body[] {
  return [
    { command: 'recordExpertReview', programmeId, expertId: 'expert-1', verdict: 'meets' },
    { command: 'recordExpertReview', programmeId, expertId: 'expert-2', verdict: 'meets', remarks: [] },
    { command: 'decideCertification', programmeId, outcome: 'certified', on: day },
  ];
}

function certificate(certificateId: string, payerId: string, groupId: string, birthDate: string): Body {
  const holder = { holderId: `holder-${certificateId}`, birthDate, issuedOn: day };
  return { command: 'issueCertificate', certificateId, payerId, groupId, ...holder };
}
