import { z } from 'zod';
import type { EventOf } from '../../kernel/event-fields.ts';
import { personal, storedCount, storedMoney, storedText } from '../../kernel/event-fields.ts';

/** The events of a programme: submission, expert reviews, decisions (SPEC section 7). */
export const programmeEvents = {
  ProgrammeSubmitted: z.strictObject({
    effectiveOn: storedText,
    programmeId: storedText,
    providerId: storedText,
    name: storedText,
    direction: storedText,
    ageFrom: storedCount,
    ageTo: storedCount,
    modules: z.array(
      z.strictObject({
        moduleId: storedText,
        name: storedText,
        lessons: storedCount,
        price: storedMoney,
        normativePrice: storedMoney,
      }),
    ),
  }),
  ExpertReviewRecorded: z.strictObject({
    effectiveOn: storedText,
    expertId: storedText,
    verdict: z.enum(['meets', 'doesNotMeet']),
    remarks: z.array(z.strictObject({ criterion: storedText, text: personal(storedText) })),
  }),
  CertificationDecided: z.strictObject({
    effectiveOn: storedText,
    outcome: z.enum(['certified', 'revision', 'refused']),
  }),
};

export type ProgrammeEvent = EventOf<typeof programmeEvents>;

/** The stream of one programme. */
export function programmeStream(programmeId: string): string {
  return `programme-${programmeId}`;
}
