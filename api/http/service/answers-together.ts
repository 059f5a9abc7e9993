import type { FastifyInstance } from 'fastify';

/**
 * Writes the answers to the questions of one turn of the event loop together, when all of them have been found. A write
 * wakes whoever waits for it, which costs more than the write itself, and costs nothing while they are still awake.
 * Commands that shared a commit are answered together anyway.
 */
export function answerTogether(app: FastifyInstance): void {
  let ready: ((error?: Error) => void)[] = [];
  const write = () => {
    const those = ready;
    ready = [];
    for (const go of those) {
      try {
        go();
      } catch (error) {
        // As Fastify itself does after a hook that took its time; otherwise it would end the process.
        go(error instanceof Error ? error : new Error(String(error)));
      }
    }
  };
  app.addHook('onSend', ({ method }, _reply, _payload, done) => {
    if (method !== 'GET') return done();
    if (ready.length === 0) setImmediate(write);
    ready.push(done);
  });
}
