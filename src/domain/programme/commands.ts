import { z } from 'zod';
import { commandHead } from '../../kernel/command-head.ts';
import { civilDate, count, identifier, list, positiveCount, price, text } from '../../kernel/fields.ts';

/** A module of a programme: what one contract teaches, its price and normative price (SPEC section 1). */
export const moduleOffer = z.strictObject({
  moduleId: identifier,
  name: text,
  lessons: positiveCount,
  price,
  normativePrice: price,
});

export const submitProgramme = z
  .strictObject({
    ...commandHead,
    command: z.literal('submitProgramme'),
    programmeId: identifier,
    providerId: identifier,
    name: text,
    direction: text,
    ageFrom: count,
    ageTo: count,
    modules: list(moduleOffer).min(1, { error: 'names no module' }),
  })
  .refine((c) => c.ageFrom <= c.ageTo, { path: ['ageTo'], error: 'lies below ageFrom' })
  .refine((c) => new Set(c.modules.map((module) => module.moduleId)).size === c.modules.length, {
    path: ['modules'],
    error: 'names a moduleId twice',
  });

export const recordExpertReview = z.strictObject({
  ...commandHead,
  command: z.literal('recordExpertReview'),
  programmeId: identifier,
  expertId: identifier,
  verdict: z.enum(['meets', 'doesNotMeet']),
  remarks: list(z.strictObject({ criterion: text, text })).optional(),
});

export const decideCertification = z.strictObject({
  ...commandHead,
  command: z.literal('decideCertification'),
  programmeId: identifier,
  outcome: z.enum(['certified', 'revision', 'refused']),
  on: civilDate,
});

export type ModuleOffer = z.output<typeof moduleOffer>;
export type SubmitProgramme = z.output<typeof submitProgramme>;
export type RecordExpertReview = z.output<typeof recordExpertReview>;
export type DecideCertification = z.output<typeof decideCertification>;
