/** The little world all random commands live in: few ids, tight limits, so that they meet often. */
export const payers = ['east', 'west'] as const;
export const providers = ['tutor', 'studio'] as const;
export const certificates = ['01', '02', '03', '04'] as const;
export const newcomers = ['05', '06', '07'] as const;
export const experts = ['expert-1', 'expert-2', 'expert-3'] as const;
export const agreements = ['east-tutor', 'east-studio', 'west-tutor'] as const;
export const programmes = ['robots', 'chess', 'drafts'] as const;
export const groups = ['fund', 'count', 'bare'] as const;
export const statuses = ['attended', 'absent', 'excused', 'cancelled'] as const;
export const periods = ['autumn', 'winter', '2020'] as const;

export interface Purse {
  certificateId: string;
  periodId: string;
}

/** Certificate and period that belong together; the set-up tops up the first three. */
export const purses: readonly Purse[] = [
  { certificateId: '01', periodId: 'autumn' },
  { certificateId: '02', periodId: 'autumn' },
  { certificateId: '03', periodId: '2020' },
  { certificateId: '01', periodId: 'winter' },
  { certificateId: '02', periodId: 'winter' },
  { certificateId: '03', periodId: '2021' },
];

export interface Course {
  contractId: string;
  certificateId: string;
  providerId: string;
  programmeId: string;
  moduleId: string;
  agreementId: string;
  number: string;
  from: string;
  until: string;
  lessons: number;
  price: string;
}

/** The first three are concluded by the set-up, the others are there to be concluded. */
export const courses: readonly Course[] = [
  course('k1', '01', 'robots', 'm1', ['2020-09-01', '2020-11-15'], 7, '50.00'),
  course('k2', '02', 'robots', 'm2', ['2020-09-01', '2020-11-10'], 6, '0.03'),
  course('k3', '03', 'robots', 'm1', ['2020-09-01', '2020-12-31'], 10, '100.00'),
  course('k4', '01', 'chess', 'm1', ['2020-09-05', '2020-11-15'], 4, '40.00'),
  course('k5', '01', 'robots', 'm1', ['2020-11-16', '2021-02-28'], 8, '0.05'),
  course('k6', '02', 'chess', 'm2', ['2020-09-05', '2020-11-15'], 11, '110.00'),
];

function course(
  contractId: string,
  certificateId: string,
  programmeId: string,
  moduleId: string,
  [from, until]: readonly [string, string],
  lessons: number,
  price: string,
): Course {
  const providerId = programmeId === 'chess' ? 'studio' : 'tutor';
  const agreementId = `${certificateId === '03' ? 'west' : 'east'}-${providerId}`;
  const number = contractId.slice(1);
  const names = { contractId, certificateId, providerId, programmeId, moduleId, agreementId, number };
  return { ...names, from, until, lessons, price };
}

/** Twenty class days, six days apart, from September to Christmas. */
export const classDays: readonly string[] = Array.from({ length: 20 }, (_, index) => {
  return new Date(Date.UTC(2020, 8, 1 + 6 * index)).toISOString().slice(0, 10);
});
