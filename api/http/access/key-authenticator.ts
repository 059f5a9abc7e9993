import type { AccessKey, AccessKeys } from '../../../src/index.ts';
import type { Authenticator, Principal } from './principal.ts';

/** Knows the owners of access keys that are in force. */
export function keyAuthenticator(keys: AccessKeys): Authenticator {
  return {
    authenticate: async (token) => principalOf(await keys.find(token)),
    authenticateAtOnce: (token) => principalOf(keys.findAtOnce(token)),
  };
}

/** The owners of keys lately used. That a key is in force is asked each time, before its owner is. */
const principals = new WeakMap<AccessKey, Principal>();

function principalOf(key: AccessKey | undefined): Principal | undefined {
  if (key === undefined) return undefined;
  const known = principals.get(key);
  if (known !== undefined) return known;
  const { keyId, role, payerId, providerId } = key;
  const principal = { role, payerId, providerId, by: `key:${keyId}` };
  principals.set(key, principal);
  return principal;
}
