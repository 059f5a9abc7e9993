import type { CivilDate } from '../../kernel/civil-date.ts';
import { unreachable } from '../../kernel/errors.ts';
import type { AccessKeyEvent, AccessRole } from './events.ts';

/** A key without its secret. */
export interface AccessKey {
  readonly keyId: string;
  readonly role: AccessRole;
  readonly payerId?: string | undefined;
  readonly providerId?: string | undefined;
  readonly createdOn: CivilDate;
  revokedOn?: CivilDate;
}

export interface AccessKeysState {
  readonly keys: Map<string, AccessKey>;
  /** The keys that are not revoked, by their digest. */
  readonly inForce: Map<string, AccessKey>;
  readonly digests: Map<string, string>;
}

export function initialAccessKeysState(): AccessKeysState {
  return { keys: new Map(), inForce: new Map(), digests: new Map() };
}

/** Folds one event into the state, which it may change: the caller owns it. */
export function evolveAccessKeys(state: AccessKeysState, event: AccessKeyEvent): AccessKeysState {
  switch (event.type) {
    case 'AccessKeyCreated': {
      const { keyId, role, payerId, providerId, digest, effectiveOn } = event;
      const key: AccessKey = { keyId, role, payerId, providerId, createdOn: effectiveOn };
      state.keys.set(keyId, key);
      state.inForce.set(digest, key);
      state.digests.set(keyId, digest);
      return state;
    }
    case 'AccessKeyRevoked': {
      const key = state.keys.get(event.keyId);
      if (key !== undefined) key.revokedOn = event.effectiveOn;
      state.inForce.delete(state.digests.get(event.keyId) ?? '');
      return state;
    }
    default:
      return unreachable(event);
  }
}
