import { problem } from '../answers/problem.ts';
import type { Problem } from '../problem.ts';
import { PROBLEM_JSON, TITLES } from '../problem.ts';
import { STATUS_OF_REQUEST } from '../request-error.ts';
import { statusOfCode } from '../status-of-code.ts';
import type { DescribedRoute, ParameterObject, ResponseObject } from './document-types.ts';
import { schemaOf } from './schemas.ts';

/** An example of each problem; its code is the one most callers meet. */
const EXAMPLES: Readonly<Record<number, { readonly code: string; readonly detail: string }>> = {
  400: { code: 'request.invalid', detail: 'on: is not a date of the form YYYY-MM-DD' },
  401: { code: 'access.unauthenticated', detail: 'Authorization: a bearer token is missing' },
  403: { code: 'access.denied', detail: 'an auditor may not use POST /certificates' },
  404: { code: 'certificate.not_found', detail: 'there is no certificate 0000000001' },
  406: { code: 'request.not_acceptable', detail: 'Accept: the answer is application/json' },
  408: { code: 'request.timeout', detail: 'the request took too long to arrive' },
  409: { code: 'contract.already_exists', detail: 'there is a contract c-1 already' },
  412: { code: 'stream.changed', detail: 'certificate-0000000001 stands at revision 8, not at 7' },
  413: { code: 'request.too_large', detail: 'Request body is too large' },
  415: { code: 'request.unsupported_media_type', detail: 'Unsupported Media Type' },
  422: { code: 'balance.insufficient', detail: 'available 5000.00 is less than the share 6000.00' },
  429: { code: 'request.rate_limited', detail: 'more requests than one key may send in a minute' },
  500: { code: 'server.failed', detail: 'the operator finds the request in the log' },
  503: { code: 'store.unavailable', detail: 'the store could not write; it may be sent again' },
};

const HEADERS: Readonly<Record<number, string>> = { 401: 'WWW-Authenticate', 429: 'Retry-After', 503: 'Retry-After' };

/** The answer to every status of failure, with the codes it is given for. */
export function problemResponses(): Readonly<Record<string, ResponseObject>> {
  return Object.fromEntries(
    Object.entries(EXAMPLES).map(([key, { code, detail }]) => {
      const status = Number(key);
      const title = TITLES[status] ?? '';
      const example: Problem = {
        type: `urn:certificate-ledger:problem:${code}`,
        title,
        status,
        detail,
        code,
        requestId: 'req-1',
      };
      const header = HEADERS[status];
      const response: ResponseObject = {
        description: `${title}. Codes: ${codesOf(status).join(', ')}.`,
        ...(header === undefined ? {} : { headers: { [header]: { $ref: `#/components/headers/${header}` } } }),
        content: { [PROBLEM_JSON]: { schema: schemaOf(problem), example } },
      };
      return [`Problem${status}`, response];
    }),
  );
}

/** The statuses a route may fail with. */
export function problemsOf(
  { access, operation, path }: DescribedRoute,
  parameters: readonly ParameterObject[],
): number[] {
  const asked = parameters.some((parameter) => parameter.in !== 'header') || operation.body !== undefined;
  return [
    ...(asked ? [400] : []),
    ...(access === 'everybody' ? [] : [401, 403, 406, 429]),
    ...(path.includes(':') ? [404] : []),
    ...[500, 503],
    ...(operation.problems ?? []),
  ]
    .filter((status, index, all) => all.indexOf(status) === index)
    .sort((a, b) => a - b);
}

function codesOf(status: number): string[] {
  const all = Object.entries({ ...STATUS_OF_REQUEST, ...statusOfCode, 'server.failed': 500 });
  return all.flatMap(([code, of]) => (of === status ? [`\`${code}\``] : []));
}
