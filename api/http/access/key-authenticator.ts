import type { AccessKeys } from '../../../src/index.ts';
import type { Authenticator } from './principal.ts';

/** Knows the owners of access keys that are in force. */
export function keyAuthenticator(keys: AccessKeys): Authenticator {
  return {
    async authenticate(token) {
      const key = await keys.find(token);
      if (key === undefined) return undefined;
      const { keyId, role, payerId, providerId } = key;
      return { role, payerId, providerId, by: `key:${keyId}` };
    },
  };
}
