import type { BinaryEventData } from '@eventstore/db-client';
import { UnknownError } from '@eventstore/db-client';
import unpacking from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision } from '../event-store.ts';
import { NO_STREAM } from '../event-store.ts';
import type { ServerPosition } from './positions.ts';

/** What is appended to one stream of the server, the same however often it is sent. */
export interface AppendRequest {
  readonly name: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly BinaryEventData[];
}

export type BatchRequest = InstanceType<typeof streams.BatchAppendReq>;
export type BatchResponse = InstanceType<typeof streams.BatchAppendResp>;

/**
 * An append as one message of a batch, told apart by an id of its own. Without a deadline: that would be a time of day,
 * which a server whose clock goes before this process's takes for past.
 */
export function batchRequest(id: string, { name, expected, events }: AppendRequest): BatchRequest {
  const options = new streams.BatchAppendReq.Options();
  options.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(name)));
  if (expected === NO_STREAM) options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(expected));
  return new streams.BatchAppendReq()
    .setCorrelationId(uuid(id))
    .setOptions(options)
    .setProposedMessagesList(events.map(proposed))
    .setIsFinal(true);
}

/** The place of the last event. Errors: the client's, as for a call. */
export function positionIn(response: BatchResponse): ServerPosition | undefined {
  const error = response.getError();
  if (error !== undefined) {
    if (!error.hasDetails()) throw new UnknownError(undefined, error.getMessage());
    const name = Buffer.from(response.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
    throw unpacking.unpackToCommandError(error, name);
  }
  const position = response.getSuccess()?.getPosition();
  if (position === undefined) return undefined;
  return { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
}

function proposed({ id, type, contentType, data, metadata }: BinaryEventData) {
  const message = new streams.BatchAppendReq.ProposedMessage();
  message.getMetadataMap().set('type', type).set('content-type', contentType);
  message.setId(uuid(id)).setData(data);
  if (metadata instanceof Uint8Array) message.setCustomMetadata(metadata);
  return message;
}

function uuid(id: string) {
  return new shared.UUID().setString(id);
}
