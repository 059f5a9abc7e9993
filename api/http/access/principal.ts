import type { AccessRole } from '../../../src/index.ts';

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
}

/**
 * The command id behind an idempotency key: what an owner's systems choose cannot meet what another's have chosen. The
 * ids of an operator are bare, as those of a command file are.
 */
export function commandIdOf(key: string, { role, payerId, providerId }: Principal): string {
  if (role === 'operator') return key;
  return `${role}:${encodeURIComponent(payerId ?? providerId ?? '')}:${key}`;
}
