import { z } from 'zod';
import type { EventOf } from '../../kernel/event-fields.ts';
import { personal, storedText } from '../../kernel/event-fields.ts';

/** What the owner of a key may do: an operator everything, the others what their rows allow. */
export const accessRoles = ['operator', 'payer', 'provider', 'auditor'] as const;

/** One of {@link accessRoles}. */
export type AccessRole = (typeof accessRoles)[number];

/**
 * The events of access keys. They live in the store, so that a revocation holds on every node and survives a lost
 * read-model file. Only the digest of a key is kept, and exports leave even that out.
 */
export const accessKeyEvents = {
  AccessKeyCreated: z.strictObject({
    effectiveOn: storedText,
    keyId: storedText,
    role: z.enum(accessRoles),
    payerId: storedText.optional(),
    providerId: storedText.optional(),
    /** SHA-256 of the key, which is random enough not to be guessed from it. */
    digest: personal(storedText),
  }),
  AccessKeyRevoked: z.strictObject({ effectiveOn: storedText, keyId: storedText }),
};

export type AccessKeyEvent = EventOf<typeof accessKeyEvents>;

/** The one stream of all access keys. */
export const ACCESS_KEYS_STREAM = 'accessKeys';
