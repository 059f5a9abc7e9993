import { agreementStream } from '../../../src/domain/agreement/events.ts';
import { certificateStream } from '../../../src/domain/certificate/events.ts';
import { invoicesStream } from '../../../src/domain/invoice/events.ts';
import { payerStream } from '../../../src/domain/payer/events.ts';
import { programmeStream } from '../../../src/domain/programme/events.ts';
import { providerStream } from '../../../src/domain/provider/events.ts';
import type { Rows } from '../access/rows.ts';
import type { ResourceKind } from './command-route.ts';

/** A resource as a path or body names it. */
export interface NamedResource {
  readonly kind: ResourceKind;
  readonly id: string;
}

const STREAM_OF = {
  certificate: certificateStream,
  payer: payerStream,
  provider: providerStream,
  agreement: agreementStream,
  programme: programmeStream,
};

/**
 * The stream whose revision is the `ETag` of a resource: its own, a contract's certificate's, an invoice's pair's. None
 * where a contract's or invoice's id leads nowhere. The id is an identifier.
 */
export async function streamOf({ kind, id }: NamedResource, rows: Rows): Promise<string | undefined> {
  if (kind !== 'contract' && kind !== 'invoice') return STREAM_OF[kind](id);
  const { payerId, providerId, certificateId } = (await rows.ownerOf(kind, id)) ?? {};
  if (certificateId !== undefined) return certificateStream(certificateId);
  return payerId === undefined || providerId === undefined ? undefined : invoicesStream(payerId, providerId);
}
