import { z } from 'zod';
import { identifier } from '../../kernel/fields.ts';
import { accessRoles } from './events.ts';

/** What is asked for when a key is made: a role and the rows it is scoped to. */
export const accessKeyOrder = z
  .strictObject({
    /** The name it is listed and revoked by; a fresh one where it is left out. */
    keyId: identifier.optional(),
    role: z.enum(accessRoles, { error: `is none of ${accessRoles.join(', ')}` }),
    payerId: identifier.optional(),
    providerId: identifier.optional(),
  })
  .refine(({ role, payerId }) => (role === 'payer' || role === 'auditor') === (payerId !== undefined), {
    path: ['payerId'],
    error: 'has to be given for a payer and an auditor, and for nobody else',
  })
  .refine(({ role, providerId }) => (role === 'provider') === (providerId !== undefined), {
    path: ['providerId'],
    error: 'has to be given for a provider, and for nobody else',
  });

export type AccessKeyOrder = z.output<typeof accessKeyOrder>;
