import fc from 'fast-check';
import { type Draft, draft, knownId, mostly, oneOfWeighted, recentDay } from './draft.ts';
import { experts, programmes } from './small-world.ts';

const programmeId = oneOfWeighted([6, fc.constantFrom('drafts', 'go')], [1, knownId(programmes)]);
const price = fc.constantFrom('45', '120.00', '0.01');

const submitProgramme = draft(
  { programmeId, providerId: mostly('studio', 'tutor', 'nobody'), price },
  ({ price: amount, ...rest }) => ({
    command: 'submitProgramme',
    ...rest,
    name: 'Шашки',
    direction: 'спорт',
    ageFrom: 5,
    ageTo: 17,
    modules: [{ moduleId: 'm1', name: '1', lessons: 1, price: amount, normativePrice: amount }],
  }),
);

const recordExpertReview = draft(
  { programmeId, expertId: fc.constantFrom(...experts), verdict: fc.constantFrom('meets', 'doesNotMeet') },
  (values) => ({ command: 'recordExpertReview', ...values }),
);

const decideCertification = draft(
  { programmeId, outcome: fc.constantFrom('certified', 'revision', 'refused'), on: recentDay },
  ({ on, ...rest }, moment) => ({ command: 'decideCertification', ...rest, on: moment.day(on) }),
);

export const programmeDraft: fc.Arbitrary<Draft> = oneOfWeighted(
  [2, submitProgramme],
  [5, recordExpertReview],
  [4, decideCertification],
);
