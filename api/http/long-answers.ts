import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StillKnown } from './access/authenticate.ts';
import { RequestError } from './request-error.ts';

/** How long the reader of a long answer has to take its end when the server stops, in milliseconds. */
const GRACE = 2_000;
/** How often it is asked whether the sender is still known, in milliseconds. */
const LOOK_PAUSE = 1_000;

/**
 * The answers that go on for long: imports, and whoever follows the log. When the app closes they are told to come to an
 * end, and are waited for; a connection whose reader does not take the end is cut. They also end when the key or token of
 * their sender is no longer good, a second later at most.
 */
export class LongAnswers {
  readonly #stopping = new AbortController();
  readonly #open = new Set<ServerResponse>();
  readonly #work = new Set<Promise<void>>();
  readonly #stillKnown: StillKnown;

  constructor(app: FastifyInstance, stillKnown: StillKnown) {
    this.#stillKnown = stillKnown;
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

  /**
   * Watches over an answer that has begun; the signal is given with {@link ReaderGone} when its reader is gone, and with
   * `access.unauthenticated` when its sender is not known any more.
   */
  watch(request: FastifyRequest, { raw: answer }: FastifyReply): AbortSignal {
    const over = new AbortController();
    const look = setInterval(() => void this.#look(request, over), LOOK_PAUSE).unref();
    this.#open.add(answer);
    // A server that stops keeps no connection for more, and does not wait for the rest of a body that is thrown away.
    answer.once('finish', () => {
      if (this.#stopping.signal.aborted) answer.req.socket.destroySoon();
    });
    answer.once('close', () => {
      clearInterval(look);
      this.#open.delete(answer);
      over.abort(new ReaderGone());
    });
    return AbortSignal.any([over.signal, this.#stopping.signal]);
  }

  /** Work that the app waits for before it is closed; it must not fail. */
  add(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  async #look(request: FastifyRequest, over: AbortController): Promise<void> {
    if (await this.#stillKnown(request)) return;
    over.abort(
      new RequestError(
        'access.unauthenticated',
        'Authorization: the token is no longer known; what was answered is done, the rest was not begun',
      ),
    );
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
