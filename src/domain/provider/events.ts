import { z } from 'zod';
import type { EventOf } from '../../kernel/event-fields.ts';
import { personal, storedText } from '../../kernel/event-fields.ts';
import { bank } from '../../kernel/fields.ts';

/** The events of a provider's stream. An entrepreneur's name, inn and account disclose a person (SPEC section 2). */
export const providerEvents = {
  ProviderRegistered: z.strictObject({
    effectiveOn: storedText,
    providerId: storedText,
    name: personal(storedText),
    legalForm: z.enum(['organisation', 'entrepreneur']),
    inn: personal(storedText).optional(),
    kpp: storedText.optional(),
    ogrn: personal(storedText).optional(),
    bank: personal(bank).optional(),
  }),
  ProviderDetailsChanged: z.strictObject({
    effectiveOn: storedText,
    name: personal(storedText).optional(),
    inn: personal(storedText).optional(),
    kpp: storedText.optional(),
    ogrn: personal(storedText).optional(),
    bank: personal(bank).optional(),
  }),
  ProviderSuspended: z.strictObject({ effectiveOn: storedText, reason: personal(storedText) }),
  ProviderReinstated: z.strictObject({ effectiveOn: storedText }),
};

export type ProviderEvent = EventOf<typeof providerEvents>;

/** The stream of one provider. */
export function providerStream(providerId: string): string {
  return `provider-${providerId}`;
}
