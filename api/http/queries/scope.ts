import type { AccessRole, RegistryName } from '../../../src/index.ts';
import { given } from '../../../src/kernel/given.ts';
import type { Principal } from '../access/principal.ts';
import { RequestError } from '../request-error.ts';

/**
 * The condition by which a registry is narrowed for a payer and its auditors, and for a provider. Who is not named sees
 * nothing of it. A payer sees the providers it has an agreement with and their programmes; a provider the payers it has
 * an agreement with and their periods, and the certificates it has a contract on.
 */
const CONDITIONS: Readonly<Record<RegistryName, { readonly payer?: string; readonly provider?: string }>> = {
  payers: { payer: 'payer', provider: 'provider' },
  periods: { payer: 'payer', provider: 'provider' },
  groups: { payer: 'payer' },
  providers: { payer: 'payer', provider: 'provider' },
  agreements: { payer: 'payer', provider: 'provider' },
  programmes: { payer: 'payer', provider: 'provider' },
  certificates: { payer: 'payer', provider: 'provider' },
  contracts: { payer: 'payer', provider: 'provider' },
  advances: { payer: 'payer', provider: 'provider' },
  invoices: { payer: 'payer', provider: 'provider' },
  refusals: { payer: 'payer', provider: 'provider' },
};

/** Who may ask for a registry at all. */
export function rolesOf(name: RegistryName): readonly AccessRole[] {
  const { payer, provider } = CONDITIONS[name];
  return [
    'operator',
    ...(payer === undefined ? [] : (['payer', 'auditor'] as const)),
    ...(provider === undefined ? [] : (['provider'] as const)),
  ];
}

/** The conditions that leave of a registry what somebody may see. Errors: `access.denied`. */
export function scopeOf(
  name: RegistryName,
  { role, payerId, providerId }: Principal,
): Readonly<Record<string, string>> {
  if (role === 'operator') return {};
  const condition = CONDITIONS[name][role === 'auditor' ? 'payer' : role];
  const owner = role === 'provider' ? providerId : payerId;
  if (condition === undefined || owner === undefined) {
    throw new RequestError('access.denied', `the role ${role} may not see ${name}`);
  }
  return { [condition]: owner };
}

/**
 * Refuses whoever asks for what discloses a person and may not see it: an auditor proves sums and needs no names, and a
 * provider sees its own details only. Errors: `access.denied`.
 */
export function refusePersonal(name: RegistryName, { role }: Principal): void {
  if (role === 'operator' || role === 'payer' || (role === 'provider' && name === 'providers')) return;
  throw new RequestError('access.denied', `personal: a ${role} may not see what discloses a person in ${name}`);
}

/** A pair as it may be named in a question; either may be left out. */
interface AskedPair {
  readonly payerId?: string | undefined;
  readonly providerId?: string | undefined;
}

/**
 * What a question over pairs is narrowed to: the sender's own rows whatever it asks for, and of those what it asks for.
 * What is not the sender's is left out like what is not there.
 */
export function narrowedTo({ role, payerId, providerId }: Principal, asked: AskedPair) {
  const own = role === 'operator' ? {} : role === 'provider' ? { providerId } : { payerId };
  return {
    scope: given({ ...given({ ...asked }), ...own }),
    isAsked: (row: AskedPair) =>
      (asked.payerId ?? row.payerId) === row.payerId && (asked.providerId ?? row.providerId) === row.providerId,
  };
}
