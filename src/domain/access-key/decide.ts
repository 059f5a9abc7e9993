import type { CivilDate } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import type { AccessKeyOrder } from './commands.ts';
import type { AccessKeyEvent } from './events.ts';
import type { AccessKeysState } from './state.ts';

/** Creates a key under an id that no other key has had. Errors: `key.already_exists`. */
export function createAccessKey(
  { keyId, role, payerId, providerId }: AccessKeyOrder & { readonly keyId: string },
  { today, digest }: { readonly today: CivilDate; readonly digest: string },
  state: AccessKeysState,
): AccessKeyEvent[] {
  if (state.keys.has(keyId)) refuse('key.already_exists', `there is a key ${keyId} already`);
  const scope = given({ payerId, providerId });
  return [{ type: 'AccessKeyCreated', effectiveOn: today, keyId, role, ...scope, digest }];
}

/** Revokes a key for good; once more changes nothing. Errors: `key.not_found`. */
export function revokeAccessKey(
  keyId: string,
  { today }: { readonly today: CivilDate },
  state: AccessKeysState,
): AccessKeyEvent[] {
  const key = state.keys.get(keyId);
  if (key === undefined) refuse('key.not_found', `there is no key ${keyId}`);
  return key.revokedOn === undefined ? [{ type: 'AccessKeyRevoked', effectiveOn: today, keyId }] : [];
}
