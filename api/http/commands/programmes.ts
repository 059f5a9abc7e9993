import type { CommandRoute } from './command-route.ts';
import { commandRoute } from './command-route.ts';

const resource = { kind: 'programme', field: 'programmeId' } as const;

/** The commands on a programme and its certification (SPEC section 7). */
export const programmeCommands: readonly CommandRoute[] = [
  commandRoute({
    command: 'submitProgramme',
    path: '/programmes',
    summary: 'Submits a programme with its modules',
    resource,
    example: {
      programmeId: 'chess',
      providerId: 'cdt',
      name: 'Шахматы',
      direction: 'физкультурно-спортивная',
      ageFrom: 7,
      ageTo: 17,
      modules: [{ moduleId: 'm1', name: 'Дебют', lessons: 36, price: '6000.00', normativePrice: '6000.00' }],
    },
  }),
  commandRoute({
    command: 'recordExpertReview',
    path: '/programmes/:programmeId/reviews',
    summary: 'Records the review of an expert; a second one by the same expert replaces the first',
    resource,
    example: {
      programmeId: 'chess',
      expertId: 'e-1',
      verdict: 'meets',
      remarks: [{ criterion: 'relevance', text: 'name the results' }],
    },
  }),
  commandRoute({
    command: 'decideCertification',
    path: '/programmes/:programmeId/decisions',
    summary: 'Decides on certification after two reviews',
    resource,
    example: { programmeId: 'chess', outcome: 'certified', on: '2026-01-10' },
  }),
];
