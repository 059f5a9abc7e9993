import { agreementStream } from '../domain/agreement/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import { programmeStream } from '../domain/programme/events.ts';
import { contractStream } from '../domain/reservation/events.ts';
import { refuse } from '../kernel/errors.ts';
import type { EventStore } from '../store/event-store.ts';
import { agreements, certificates, programmes, reservations } from './categories.ts';
import { pairOfInvoice } from './invoice-commands.ts';
import type { StreamCache } from './stream-cache.ts';

/** The kinds of rows whose owner never changes once they are there. */
export type RowKind = 'certificate' | 'contract' | 'agreement' | 'programme' | 'invoice';

/** Whose a row is; a certificate has no provider, a programme no payer. */
export interface RowOwner {
  readonly payerId?: string;
  readonly providerId?: string;
  /** Of a contract: the certificate it is on. */
  readonly certificateId?: string;
}

/**
 * Finds out whose a row is: from the streams that decide it, never from a read model, so that what was accepted a
 * moment ago, by whatever node, is known. None where there is no such row. Answers only what is durable.
 * Errors: `store.unavailable`.
 */
export async function ownerOf(
  kind: RowKind,
  id: string,
  { streams, store }: { readonly streams: Pick<StreamCache, 'load'>; readonly store: EventStore },
): Promise<RowOwner | undefined> {
  const { losses } = store;
  // An owner never changes, so one that is known is right; one that is not may have come by another node.
  const owner =
    (await found(kind, id, streams)) ?? (store.shared ? await found(kind, id, confirming(streams)) : undefined);
  if (owner === undefined) return undefined;
  await store.settled();
  if (losses !== store.losses) refuse('store.unavailable', `whose ${kind} ${id} is was lost before it was durable`);
  return owner;
}

async function found(kind: RowKind, id: string, streams: Pick<StreamCache, 'load'>): Promise<RowOwner | undefined> {
  switch (kind) {
    case 'certificate':
      return ofCertificate(id, streams);
    case 'contract':
      return ofContract(id, streams);
    case 'agreement': {
      const { agreement } = (await streams.load(agreements, agreementStream(id))).state;
      return agreement && { payerId: agreement.payerId, providerId: agreement.providerId };
    }
    case 'programme': {
      const { programme } = (await streams.load(programmes, programmeStream(id))).state;
      return programme && { providerId: programme.providerId };
    }
    case 'invoice':
      return pairOfInvoice(id, streams);
  }
}

async function ofCertificate(certificateId: string, streams: Pick<StreamCache, 'load'>): Promise<RowOwner | undefined> {
  const { certificate } = (await streams.load(certificates, certificateStream(certificateId))).state;
  return certificate && { payerId: certificate.payerId };
}

/** A reservation leads to the certificate; only what stands there is a contract. */
async function ofContract(contractId: string, streams: Pick<StreamCache, 'load'>): Promise<RowOwner | undefined> {
  const { holder } = (await streams.load(reservations, contractStream(contractId))).state;
  if (holder === undefined) return undefined;
  const { certificateId } = holder;
  const { certificate, contracts } = (await streams.load(certificates, certificateStream(certificateId))).state;
  const contract = contracts.get(contractId);
  if (certificate === undefined || contract === undefined) return undefined;
  return { payerId: certificate.payerId, providerId: contract.providerId, certificateId };
}

function confirming(streams: Pick<StreamCache, 'load'>): Pick<StreamCache, 'load'> {
  return { load: (category, stream) => streams.load(category, stream, { confirmed: true }) };
}
