import type { ExportedEvent } from '../../../src/index.ts';

/** The media type of server-sent events. */
export const EVENT_STREAM = 'text/event-stream';

const NOTHING = Symbol('nothing has come');

/**
 * Events as a browser's EventSource takes them: `id` is the cursor from which it resumes, `event` the type, `data` the
 * event as JSON. When nothing has come for `silence` milliseconds a comment shows that the connection is alive.
 */
export async function* serverSentEvents(events: AsyncIterable<ExportedEvent>, silence: number): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  // A first comment sends the head of the answer, so that the reader knows he has been let in.
  yield ': the log follows\n\n';
  for (let next = iterator.next(); ; ) {
    // Where nobody reads any more nobody waits for it either, and its failure is nobody's.
    next.catch(() => undefined);
    const came = await within(next, silence);
    if (came === NOTHING) {
      yield ': nothing new\n\n';
      continue;
    }
    if (came.done === true) return;
    const { cursor, type } = came.value;
    yield `id: ${cursor}\nevent: ${type}\ndata: ${JSON.stringify(came.value)}\n\n`;
    next = iterator.next();
  }
}

async function within<Answer>(answer: Promise<Answer>, milliseconds: number): Promise<Answer | typeof NOTHING> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<typeof NOTHING>((resolve) => {
    timer = setTimeout(() => resolve(NOTHING), milliseconds);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
