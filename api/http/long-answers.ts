import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { RequestError } from './request-error.ts';

/** How long the reader of a long answer has to take its end when the server stops, in milliseconds. */
const GRACE = 2_000;

/**
 * The answers that go on for long: imports, and whoever follows the log. When the app closes they are told to come to an
 * end, and are waited for; a connection whose reader does not take the end is cut.
 */
export class LongAnswers {
  readonly #stopping = new AbortController();
  readonly #open = new Set<ServerResponse>();
  readonly #work = new Set<Promise<void>>();

  constructor(app: FastifyInstance) {
    app.addHook('preClose', (done) => {
      this.#stopping.abort(
        new RequestError('server.stopping', 'the server stops; what was answered is done, the rest may be sent again'),
      );
      setTimeout(() => this.#cut(), GRACE).unref();
      done();
    });
    app.addHook('onClose', async () => {
      await Promise.all(this.#work);
    });
  }

  /** Given when the app closes; its reason is what to tell. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Watches over an answer that has begun; the signal is given with {@link ReaderGone} when its reader is gone. */
  watch(answer: ServerResponse): AbortSignal {
    const gone = new AbortController();
    this.#open.add(answer);
    // A server that stops keeps no connection for more, and does not wait for the rest of a body that is thrown away.
    answer.once('finish', () => {
      if (this.#stopping.signal.aborted) answer.req.socket.destroySoon();
    });
    answer.once('close', () => {
      this.#open.delete(answer);
      gone.abort(new ReaderGone());
    });
    return AbortSignal.any([gone.signal, this.#stopping.signal]);
  }

  /** Work that the app waits for before it is closed; it must not fail. */
  add(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  #cut(): void {
    for (const answer of this.#open) answer.destroy();
  }
}

/** Thrown where whoever was to read an answer is gone. */
export class ReaderGone extends Error {
  constructor() {
    super('the reader is gone');
    this.name = 'ReaderGone';
  }
}
