import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_JSON, problemOf } from '../problem.ts';
import { RequestError } from '../request-error.ts';
import { REQUEST_ID } from './request-id.ts';

/** Node's names for what it refuses before there is a request at all. */
function requestErrorOf({ code }: NodeJS.ErrnoException): RequestError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new RequestError('request.headers_too_large', 'the headers are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestError('request.timeout', 'the headers did not come in time');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new RequestError('request.too_large', 'the extensions of a chunk are too large');
    default:
      return new RequestError('request.invalid', 'this is not a request of HTTP/1.1');
  }
}

/** Answers what is not even a request as a problem, and closes the connection. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    // Half of another answer may be on its way: a second status line would be taken for a part of it.
    socket.destroy();
    return;
  }
  const problem = problemOf(requestErrorOf(error), randomUUID());
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${PROBLEM_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${REQUEST_ID}: ${problem.requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
