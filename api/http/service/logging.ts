import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { LogController } from 'fastify';
import { systemClock } from '../../../src/index.ts';
import type { Settings } from '../../settings.ts';

/** Where log lines go. */
export interface LogStream {
  write(line: string): void;
}

const HEADERS = ['headers', 'request.headers', 'response.headers', 'req.headers', 'res.headers'];
const SECRET_HEADERS = ['authorization', 'cookie', 'set-cookie', 'proxy-authorization'];

/**
 * JSON lines. Headers and bodies are logged by nobody; what a library might add all the same is blotted out where it
 * would hold a secret.
 */
export function loggerOptions({ LOG_LEVEL }: Pick<Settings, 'LOG_LEVEL'>, stream: LogStream) {
  // Each place is named: a wildcard would cost every line more than all the rest of it.
  const paths = HEADERS.flatMap((place) => SECRET_HEADERS.map((name) => `${place}["${name}"]`));
  return {
    level: LOG_LEVEL,
    base: null,
    timestamp: () => `,"time":"${systemClock.now()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: '[redacted]' },
    stream,
  } satisfies FastifyServerOptions['logger'];
}

/** One line for each request, when it is answered. */
export class AnswerLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'requestId' });
  }

  override incomingRequest(): void {}

  override routeNotFound(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const { id: requestId, method, url, principal } = request;
    const milliseconds = Math.round(reply.elapsedTime * 1000) / 1000;
    const line = { requestId, method, url, status: reply.statusCode, milliseconds, by: principal?.by };
    // By the server's own logger, so that none has to be made that names the request.
    const { log } = request.server;
    if (error === null || error === undefined) log.info(line, 'answered');
    else log.warn({ ...line, err: error }, 'the answer could not be sent');
  }
}
