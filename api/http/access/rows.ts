import type { Ledger } from '../../../src/index.ts';
import type { Principal } from './principal.ts';

/** Whose a row is; a certificate has no provider, a programme no payer. */
export interface RowOwner {
  readonly payerId?: string | undefined;
  readonly providerId?: string | undefined;
  /** Of a contract: the certificate it is on. */
  readonly certificateId?: string | undefined;
}

/** The kinds of rows whose owner never changes once they are there. */
export type RowKind = 'certificate' | 'contract' | 'agreement' | 'programme' | 'invoice';

/** How many owners are remembered of each kind. */
const REMEMBERED = 100_000;

/** Finds out whose a certificate, contract, agreement, programme or invoice is. */
export class Rows {
  readonly #ledger: Ledger;
  readonly #owners = new Map<string, RowOwner>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The owner of a row; none where there is no such row. */
  async ownerOf(kind: RowKind, id: string): Promise<RowOwner | undefined> {
    const name = `${kind} ${id}`;
    const known = this.#owners.get(name);
    if (known !== undefined) return known;
    const owner = await this.#found(kind, id);
    if (owner === undefined) return undefined;
    const [oldest] = this.#owners.keys();
    if (this.#owners.size >= REMEMBERED && oldest !== undefined) this.#owners.delete(oldest);
    this.#owners.set(name, owner);
    return owner;
  }

  /** Whether a row is among those somebody may see; an operator sees all. A row that is not there is nobody's. */
  async isOwn(kind: RowKind, id: string, principal: Principal): Promise<boolean> {
    if (principal.role === 'operator') return true;
    const owner = await this.ownerOf(kind, id);
    return owner !== undefined && isOwn(owner, principal);
  }

  async #found(kind: RowKind, id: string): Promise<RowOwner | undefined> {
    switch (kind) {
      case 'certificate':
        return (await this.#ledger.registryPage('certificates', { filter: { certificate: id }, limit: 1 })).items[0];
      case 'contract':
        return (await this.#ledger.registryPage('contracts', { filter: { contract: id }, limit: 1 })).items[0];
      case 'agreement':
        return (await this.#ledger.registryPage('agreements', { filter: { agreement: id }, limit: 1 })).items[0];
      case 'programme':
        return (await this.#ledger.registryPage('programmes', { filter: { programme: id }, limit: 1 })).items[0];
      case 'invoice': {
        for await (const { payerId, providerId } of this.#ledger.invoices({ number: id })) {
          return { payerId: String(payerId), providerId: String(providerId) };
        }
        return undefined;
      }
    }
  }
}

/** Whether what belongs to an owner belongs to somebody's rows. */
export function isOwn(owner: RowOwner, { role, payerId, providerId }: Principal): boolean {
  switch (role) {
    case 'operator':
      return true;
    case 'payer':
    case 'auditor':
      return owner.payerId === payerId;
    case 'provider':
      return owner.providerId === providerId;
  }
}
