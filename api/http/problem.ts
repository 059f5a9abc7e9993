import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { LedgerError } from '../../src/index.ts';
import { RequestError } from './request-error.ts';
import { statusOfCode } from './status-of-code.ts';

/** What a failed request is answered with (RFC 9457); `code` is what programs decide by. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** Names the request in the log of the server. */
  readonly requestId: string;
}

/** The media type of {@link Problem}. */
export const PROBLEM_JSON = 'application/problem+json';

/** After how many seconds what failed for lack of a store is worth another try. */
const RETRY_AFTER_SECONDS = 1;
/** The codes whose messages are for the operator's eyes. */
const NAMES_FILES = /^(store\.(?!conflict$)|ledger\.)/;
const DETAIL_OF_FAILURE = 'the ledger cannot answer this now; its operator finds the request in the log';
/** What each status says in plain words. */
export const TITLES: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood',
  401: 'The caller is not known',
  403: 'The caller may not do this',
  404: 'There is no such thing',
  405: 'There is no such method here',
  406: 'There is no such form of the answer',
  408: 'The request took too long',
  409: 'It stands against what has been recorded',
  412: 'The state has changed since it was seen',
  413: 'The request is too large',
  415: 'The form of the content is not taken here',
  422: 'A rule refuses it',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'The server failed',
  503: 'It may be sent again later',
  507: 'There is no room left',
};

/** Answers an error as a problem; what is nobody's business but the operator's goes to the log alone. */
export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toldAndLogged(error, request);
  const { status } = problem;
  if (status === 503) reply.header('Retry-After', RETRY_AFTER_SECONDS);
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer');
  void reply.code(status).type(PROBLEM_JSON).send(JSON.stringify(problem));
}

/** What goes wrong after an answer has begun: its last line of JSON. */
export function failureLine(error: unknown, request: FastifyRequest): string {
  const { code, detail } = toldAndLogged(error instanceof Error ? error : new Error(String(error)), request);
  return `${JSON.stringify({ error: { code, message: detail } })}\n`;
}

/** An error as it is told to whoever sent the request. */
export function problemOf(error: FastifyError | Error, requestId: string): Problem {
  const { status, code, detail } = toldOf(error);
  const title = TITLES[status] ?? 'The request failed';
  return { type: `urn:certificate-ledger:problem:${code}`, title, status, detail, code, requestId };
}

function toldAndLogged(error: FastifyError | Error, request: FastifyRequest): Problem {
  const problem = problemOf(error, request.id);
  const { status, code } = problem;
  if (status >= 500) request.log.error({ err: error, code }, 'request failed');
  return problem;
}

function toldOf(error: FastifyError | Error): {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
} {
  if (error instanceof RequestError) return { status: error.statusCode, code: error.code, detail: error.message };
  if (error instanceof LedgerError) {
    const status = statusOfCode[error.code];
    // A store that fails names its files and streams in its message.
    const detail = NAMES_FILES.test(error.code) ? DETAIL_OF_FAILURE : error.message;
    return { status, code: error.code, detail };
  }
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status >= 500) return { status: 500, code: 'server.failed', detail: 'the operator finds the request in the log' };
  return { status, code: CODE_OF_STATUS[status] ?? 'request.invalid', detail: error.message };
}

/** What Fastify itself refuses. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  404: 'request.not_found',
  405: 'request.method_not_allowed',
  406: 'request.not_acceptable',
  408: 'request.timeout',
  413: 'request.too_large',
  415: 'request.unsupported_media_type',
  429: 'request.rate_limited',
};
