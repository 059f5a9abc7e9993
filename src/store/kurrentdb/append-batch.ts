import { randomUUID } from 'node:crypto';
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { AppendRequest, BatchResponse } from './append-messages.ts';
import { batchRequest, positionIn } from './append-messages.ts';
import { UnansweredError } from './failures.ts';
import type { ServerPosition } from './positions.ts';

type Call = ReturnType<StreamsClient['batchAppend']>;

/** How long an append waits for its answer, in milliseconds. */
const DEADLINE = 5_000;
/** How often it is looked whether appends are late, and for how long a batch that nobody uses stays open. */
const WATCH_INTERVAL = 250;

interface Unanswered extends PromiseWithResolvers<ServerPosition | undefined> {
  readonly since: number;
}

/** One call to the server over which appends go out and answers come back, each answer to the append that asked for it. */
export class AppendBatch {
  readonly #call: Call;
  /** By their ids, in the order in which they were sent. */
  readonly #unanswered = new Map<string, Unanswered>();
  readonly #watch: NodeJS.Timeout;
  readonly #ended: () => void;
  #usedSinceWatched = true;
  #isOpen = true;

  /** `ended` is told when no answer is to come any more. */
  constructor(call: Call, ended: () => void) {
    this.#call = call;
    this.#ended = ended;
    call.on('data', (response: BatchResponse) => this.#answer(response));
    call.on('error', (error: Error) => this.#fail(convertToCommandError(error)));
    call.on('end', () => this.#fail(new UnansweredError('the server has ended the batch')));
    this.#watch = setInterval(() => this.#look(), WATCH_INTERVAL);
  }

  /** Whether it takes more appends. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Errors: {@link UnansweredError}, those of the client. */
  append(request: AppendRequest): Promise<ServerPosition | undefined> {
    const id = randomUUID();
    const unanswered = { ...Promise.withResolvers<ServerPosition | undefined>(), since: performance.now() };
    this.#unanswered.set(id, unanswered);
    this.#usedSinceWatched = true;
    this.#call.write(batchRequest(id, request));
    return unanswered.promise;
  }

  /** Waits for the answers that are still to come, but not longer than `patience` milliseconds, and ends the call. */
  async close(patience: number): Promise<void> {
    this.#isOpen = false;
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, patience);
    const answers = Promise.allSettled([...this.#unanswered.values()].map(({ promise }) => promise));
    await Promise.race([answers, over.promise]);
    clearTimeout(timer);
    this.#cancel();
  }

  #answer(response: BatchResponse): void {
    const id = response.getCorrelationId()?.getString() ?? '';
    // One that had been given up is asked again elsewhere, by the same request.
    const unanswered = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    try {
      unanswered?.resolve(positionIn(response));
    } catch (error) {
      unanswered?.reject(error);
    }
  }

  #fail(error: Error): void {
    this.#isOpen = false;
    clearInterval(this.#watch);
    const failed = [...this.#unanswered.values()];
    this.#unanswered.clear();
    for (const { reject } of failed) reject(error);
    this.#ended();
  }

  #look(): void {
    const lateSince = performance.now() - DEADLINE;
    for (const [id, { since, reject }] of this.#unanswered) {
      if (since > lateSince) break;
      this.#unanswered.delete(id);
      reject(new UnansweredError('no answer came in time'));
      this.#isOpen = false;
    }
    // An open call would keep a process that has nothing else to do. The server does not end one that is only half closed.
    if (this.#unanswered.size === 0 && !(this.#isOpen && this.#usedSinceWatched)) this.#cancel();
    this.#usedSinceWatched = false;
  }

  #cancel(): void {
    this.#fail(new UnansweredError('the store was closed before the server had answered'));
    this.#call.cancel();
  }
}
