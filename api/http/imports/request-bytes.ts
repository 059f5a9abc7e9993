import type { Readable } from 'node:stream';

/** How much is gathered at once: every reading lets the store commit, so small pieces would make small commits. */
const BYTES_PER_READING = 1024 * 1024;

/** Thrown where whoever sends a body is gone before its end. */
export class SenderGone extends Error {
  constructor(options?: ErrorOptions) {
    super('the sender is gone', options);
    this.name = 'SenderGone';
  }
}

/**
 * The bytes of a body in large pieces as long as they come, in small ones when they come slowly. Before it waits for more
 * it calls `paused` and waits for that. Errors: {@link SenderGone}; the reason of the signal when it is given.
 */
export async function* requestBytes(
  body: Readable,
  { paused, signal }: { readonly paused: () => Promise<void>; readonly signal: AbortSignal },
): AsyncGenerator<Buffer> {
  let failure: Error | undefined;
  const note = (error: Error) => {
    failure = error;
  };
  body.on('error', note);
  try {
    for (;;) {
      signal.throwIfAborted();
      const bytes = await gathered(body);
      if (bytes.length > 0) yield bytes;
      else if (body.readableEnded) return;
      else if (failure !== undefined || body.destroyed) throw new SenderGone({ cause: failure });
      else {
        await paused();
        await news(body, signal);
      }
    }
  } finally {
    body.off('error', note);
  }
}

/** Reads until enough is there or nothing has come during a whole turn of the event loop. */
async function gathered(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for (let quiet = false; size < BYTES_PER_READING; ) {
    const piece = body.read() as Buffer | null;
    if (piece !== null) {
      pieces.push(piece);
      size += piece.length;
      quiet = false;
    } else if (quiet) {
      break;
    } else {
      quiet = true;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
  return Buffer.concat(pieces);
}

/** Resolves when there is something to read, the body has ended or failed, or the signal is given. */
async function news(body: Readable, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const come = () => resolve();
  const events = ['readable', 'end', 'close', 'error'] as const;
  for (const event of events) body.on(event, come);
  signal.addEventListener('abort', come);
  if (!body.readableEnded && !body.destroyed && !signal.aborted) await promise;
  signal.removeEventListener('abort', come);
  for (const event of events) body.off(event, come);
}
