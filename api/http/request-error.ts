/** What is wrong with a request before the ledger is asked: the code, and the status it is answered with. */
export const STATUS_OF_REQUEST = {
  'request.invalid': 400,
  'request.not_found': 404,
  'request.method_not_allowed': 405,
  'request.not_acceptable': 406,
  'request.timeout': 408,
  'request.too_large': 413,
  'request.unsupported_media_type': 415,
  'request.rate_limited': 429,
  'request.headers_too_large': 431,
  'access.unauthenticated': 401,
  'access.denied': 403,
  'access.unavailable': 503,
  'idempotency.key_missing': 400,
  'server.not_ready': 503,
  'server.stopping': 503,
  'server.disk_full': 507,
} as const;

/** One of the codes of requests that never reach the ledger. */
export type RequestErrorCode = keyof typeof STATUS_OF_REQUEST;

/** A request that is refused at the edge: stable code, plain words. */
export class RequestError extends Error {
  readonly code: RequestErrorCode;
  readonly statusCode: number;

  constructor(code: RequestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestError';
    this.code = code;
    this.statusCode = STATUS_OF_REQUEST[code];
  }
}
