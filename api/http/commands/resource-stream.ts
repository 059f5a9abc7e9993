import { agreementStream } from '../../../src/domain/agreement/events.ts';
import { certificateStream } from '../../../src/domain/certificate/events.ts';
import { payerStream } from '../../../src/domain/payer/events.ts';
import { programmeStream } from '../../../src/domain/programme/events.ts';
import { providerStream } from '../../../src/domain/provider/events.ts';
import type { Rows } from '../access/rows.ts';
import type { ResourceKind } from './command-route.ts';

/** The resource a command changes, as its path or body names it. */
export interface NamedResource {
  readonly kind: ResourceKind;
  readonly id: unknown;
}

const STREAM_OF = {
  certificate: certificateStream,
  payer: payerStream,
  provider: providerStream,
  agreement: agreementStream,
  programme: programmeStream,
};

/** The stream a resource stands in; none where its id leads nowhere. */
export async function streamOf({ kind, id }: NamedResource, rows: Rows): Promise<string | undefined> {
  if (typeof id !== 'string') return undefined;
  if (kind !== 'contract') return STREAM_OF[kind](id);
  const certificateId = (await rows.ownerOf('contract', id))?.certificateId;
  return certificateId === undefined ? undefined : certificateStream(certificateId);
}
