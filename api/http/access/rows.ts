import type { Ledger, RowKind, RowOwner } from '../../../src/index.ts';
import { identifier } from '../../../src/kernel/fields.ts';
import type { Principal } from './principal.ts';

/** How many owners of each kind are remembered. */
const REMEMBERED = 100_000;

/** Finds out whose a certificate, contract, agreement, programme or invoice is. */
export class Rows {
  readonly #ledger: Ledger;
  readonly #owners = new Map<RowKind, Map<string, RowOwner>>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * The owner of a row; none where there is no such row. An owner never changes, so it is asked for once; that a row is
   * not there is asked anew every time, since it may come at any moment.
   */
  async ownerOf(kind: RowKind, id: string): Promise<RowOwner | undefined> {
    const known = this.knownOwnerOf(kind, id);
    if (known !== undefined) return known;
    // What is no id at all names no row, and not every text can be part of a stream's name.
    const owner = identifier.safeParse(id).success ? await this.#ledger.ownerOf(kind, id) : undefined;
    if (owner === undefined) return undefined;
    this.#remember(kind, id, owner);
    return owner;
  }

  /** The same without waiting; none also where it has not been asked for. */
  knownOwnerOf(kind: RowKind, id: string): RowOwner | undefined {
    return this.#owners.get(kind)?.get(id);
  }

  /** Whether a row is among those somebody may see; an operator sees all. A row that is not there is nobody's. */
  async isOwn(kind: RowKind, id: string, principal: Principal): Promise<boolean> {
    if (this.isKnownOwn(kind, id, principal)) return true;
    const owner = await this.ownerOf(kind, id);
    return owner !== undefined && isOwn(owner, principal);
  }

  /** The same without waiting; false also where it has not been asked for. */
  isKnownOwn(kind: RowKind, id: string, principal: Principal): boolean {
    if (principal.role === 'operator') return true;
    const owner = this.knownOwnerOf(kind, id);
    return owner !== undefined && isOwn(owner, principal);
  }

  #remember(kind: RowKind, id: string, owner: RowOwner): void {
    const owners = this.#owners.get(kind) ?? new Map<string, RowOwner>();
    this.#owners.set(kind, owners);
    const [oldest] = owners.keys();
    if (owners.size >= REMEMBERED && oldest !== undefined) owners.delete(oldest);
    owners.set(id, owner);
  }
}

/** Whether what belongs to an owner belongs to somebody's rows. */
export function isOwn(owner: RowOwner, { role, payerId, providerId }: Principal): boolean {
  switch (role) {
    case 'operator':
      return true;
    case 'payer':
    case 'auditor':
      // Both sides have to be there: what names no payer is no payer's.
      return payerId !== undefined && owner.payerId === payerId;
    case 'provider':
      return providerId !== undefined && owner.providerId === providerId;
  }
}
