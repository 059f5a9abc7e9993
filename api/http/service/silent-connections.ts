import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** What is known of a connection. */
interface Connection {
  /** How many bytes had come and gone when it was last looked at. */
  moved: number;
  request: IncomingMessage | undefined;
  answer: ServerResponse | undefined;
}

/** So many times within the time a silence may take it is looked who has fallen silent. */
const LOOKS = 4;

/**
 * Cuts a connection on which nothing has moved for so many milliseconds, or up to half as many again, while the other end
 * had to do something: send the next request, go on with its body, or take what was answered. As long as the server itself
 * is at work (a large run of invoices, an import into a store that chooses a new leader) the connection stays.
 */
export function cutSilentConnections(app: FastifyInstance, milliseconds: number): void {
  const connections = new Map<Socket, Connection>();
  app.server.on('connection', (socket) => {
    connections.set(socket, { moved: -1, request: undefined, answer: undefined });
    socket.once('close', () => connections.delete(socket));
  });
  app.server.prependListener('request', (request, answer) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connection.request = request;
    connection.answer = answer;
  });
  app.server.on('timeout', (socket) => {
    const connection = connections.get(socket);
    if (connection !== undefined && isAtWork(connection)) socket.setTimeout(milliseconds);
    else socket.destroy();
  });
  // A time limit for each connection would be set anew with every request, and hardly any connection falls silent.
  const looks = setInterval(() => limitSilent(connections, milliseconds), milliseconds / LOOKS).unref();
  app.addHook('onClose', async () => clearInterval(looks));
}

/** Sets a time limit to the connections on which nothing has moved since the last look. */
function limitSilent(connections: ReadonlyMap<Socket, Connection>, milliseconds: number): void {
  for (const [socket, connection] of connections) {
    const moved = socket.bytesRead + socket.bytesWritten;
    // One that waits for its next request has a time limit already.
    if (moved === connection.moved && !socket.timeout) socket.setTimeout(milliseconds);
    connection.moved = moved;
  }
}

/** Whether the request has come, or more of it than was read, and all that was answered so far has been taken. */
function isAtWork({ request, answer }: Connection): boolean {
  if (request === undefined || answer === undefined) return false;
  if (answer.writableEnded || answer.writableLength > 0) return false;
  return request.complete || request.readableLength > 0;
}
