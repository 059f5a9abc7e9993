import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A request and the answer to it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly answer: ServerResponse;
}

/**
 * Cuts a connection on which nothing has moved for so many milliseconds while the other end had to do something: send the
 * next request, go on with its body, or take what was answered. As long as the server itself is at work (a large run of
 * invoices, an import into a store that chooses a new leader) the connection stays.
 */
export function cutSilentConnections(app: FastifyInstance, milliseconds: number): void {
  const exchanges = new WeakMap<Socket, Exchange>();
  app.server.setTimeout(milliseconds);
  app.server.prependListener('request', (request, answer) => {
    exchanges.set(request.socket, { request, answer });
  });
  app.server.on('timeout', (socket) => {
    const exchange = exchanges.get(socket);
    if (exchange !== undefined && isAtWork(exchange)) socket.setTimeout(milliseconds);
    else socket.destroy();
  });
}

/** Whether the request has come, or more of it than was read, and all that was answered so far has been taken. */
function isAtWork({ request, answer }: Exchange): boolean {
  if (answer.writableEnded || answer.writableLength > 0) return false;
  return request.complete || request.readableLength > 0;
}
