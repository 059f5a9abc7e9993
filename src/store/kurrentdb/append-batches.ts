import type { Credentials, EventStoreDBClient } from '@eventstore/db-client';
import stubs from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { AppendBatch } from './append-batch.ts';
import type { AppendRequest } from './append-messages.ts';
import { UnansweredError } from './failures.ts';
import type { ServerPosition } from './positions.ts';

type Stub = InstanceType<typeof stubs.StreamsClient>;

/** What the client does for its own calls: finds the connection in use, and gives it up after an error that asks for it. */
const EXECUTE = 'execute';
const CALL_ARGUMENTS = 'callArguments';

/** For how many milliseconds a store that is being closed waits for answers that are on their way. */
const PATIENCE_AT_THE_END = 2_000;

/**
 * Appends in the server's batches, at a third of what a call for each costs. The client has them as well, but keeps the
 * answers that all clients of the process wait for in one place: one that loses its server fails the appends of all, and
 * an answer that then still comes ends the process. Here each batch has its own.
 */
export class AppendBatches {
  readonly #credentials: Credentials | undefined;
  readonly #batches = new Set<AppendBatch>();
  /** A batch belongs to one connection of a client, with which it comes and goes. */
  #current: { readonly stub: Stub; readonly batch: AppendBatch } | undefined;
  #isClosed = false;

  constructor(credentials: Credentials | undefined) {
    this.#credentials = credentials;
  }

  /** Errors: those of the client, `UnansweredError`. */
  append(client: EventStoreDBClient, request: AppendRequest): Promise<ServerPosition | undefined> {
    return client[EXECUTE](stubs.StreamsClient, 'appendToStream', (stub) => this.#over(client, stub).append(request));
  }

  /** Waits a while for what is on its way; nothing else is sent from now on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#batches].map((batch) => batch.close(PATIENCE_AT_THE_END)));
  }

  #over(client: EventStoreDBClient, stub: Stub): AppendBatch {
    if (this.#isClosed) throw new UnansweredError('the store was closed before it was sent');
    if (this.#current?.stub === stub && this.#current.batch.isOpen) return this.#current.batch;
    const entry = this.#credentials === undefined ? {} : { credentials: this.#credentials };
    // The call lasts; each of its appends has a deadline of its own.
    const asked = client[CALL_ARGUMENTS]({ ...entry, requiresLeader: true }, { deadline: Number.POSITIVE_INFINITY });
    const batch = new AppendBatch(stub.batchAppend(...asked), () => this.#batches.delete(batch));
    this.#batches.add(batch);
    this.#current = { stub, batch };
    return batch;
  }
}
