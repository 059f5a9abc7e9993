import { randomUUID } from 'node:crypto';

/** The address of a ledger nobody has used before, on a server; `name` tells whose trial it is. */
export function trialLedger(address: string, name: string): string {
  return `${address}${address.includes('?') ? '&' : '?'}ledger=${name}-${randomUUID()}`;
}

/** The same for whoever uses a store by itself: what begins the names of its streams. */
export function trialPrefix(name: string): string {
  return `${name}-${randomUUID()}.`;
}
