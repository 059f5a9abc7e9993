import { hash } from 'node:crypto';
import type { AccessRole, ExecuteOptions } from '../../../src/index.ts';

/** Whoever sends a request, as far as the ledger has to know. */
export interface Principal {
  readonly role: AccessRole;
  /** Of a payer and an auditor: whose rows they see. */
  readonly payerId?: string | undefined;
  /** Of a provider. */
  readonly providerId?: string | undefined;
  /** How events name the sender. */
  readonly by: string;
}

/** Somebody who can tell who stands behind a bearer token; nobody else is let in. */
export interface Authenticator {
  /** The owner of the token, or nothing where this authenticator does not know it. */
  authenticate(token: string): Promise<Principal | undefined>;
  /** The same without waiting; nothing also where it takes more to find out. */
  authenticateAtOnce?(token: string): Principal | undefined;
}

/** How the ledger takes what somebody sends: under their name, and with a provider's own contracts alone. */
export function executeOptionsOf({ by, providerId }: Principal): ExecuteOptions {
  return { by, ...(providerId === undefined ? {} : { contractsOf: providerId }) };
}

/** As many characters as the id of a command may have (SPEC section 9). */
export const LONGEST_COMMAND_ID = 200;

/** A longer name of an owner would leave no room for the keys; its digest stands for it. */
const LONGEST_OWNER = 64;

/**
 * The command id behind an idempotency key: what an owner's systems choose cannot meet what another's have chosen. The
 * ids of an operator are bare, as those of a command file are.
 */
export function commandIdOf(key: string, principal: Principal): string {
  if (principal.role === 'operator') return key;
  let nameSpace = nameSpaces.get(principal);
  if (nameSpace === undefined) {
    nameSpace = nameSpaceOf(principal);
    nameSpaces.set(principal, nameSpace);
  }
  return `${nameSpace}${key}`;
}

/** What the command ids of the owners of keys lately used begin with. */
const nameSpaces = new WeakMap<Principal, string>();

function nameSpaceOf({ role, payerId, providerId }: Principal): string {
  const owner = encodeURIComponent(payerId ?? providerId ?? '');
  // A `#` is in no encoded name, so no owner can have the name that stands for another's.
  const named = owner.length <= LONGEST_OWNER ? owner : `#${hash('sha256', owner, 'base64url')}`;
  return `${role}:${named}:`;
}
