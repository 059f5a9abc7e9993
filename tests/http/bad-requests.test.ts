import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, requestText } from './support/raw-request.ts';
import type { ServedTown } from './support/served-town.ts';
import { serveTown } from './support/served-town.ts';

const TOP_UPS = '/certificates/0000000001/top-ups';
const JSON_TYPE = { 'Content-Type': 'application/json', 'Idempotency-Key': 'k' };

let town: ServedTown;
let before = 0;

beforeAll(async () => {
  town = await serveTown({ REQUEST_TIMEOUT: '1' });
  before = (await town.ledger.status()).events;
});
afterAll(async () => {
  expect((await town.ledger.status()).events, 'a bad request changes nothing').toBe(before);
  expect(town.errors).toEqual([]);
  await town.close();
});

interface Bad {
  readonly line: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
  readonly status: number;
  readonly code: string;
  /** What the sentence has to name. */
  readonly names?: string;
}

const post = (path = TOP_UPS) => `POST ${path} HTTP/1.1`;
const get = (path: string) => `GET ${path} HTTP/1.1`;

const invalid = { status: 400, code: 'command.invalid' } as const;
const malformed = { status: 400, code: 'request.invalid' } as const;
const missing = { status: 404, code: 'request.not_found' } as const;
const unsupported = { status: 415, code: 'request.unsupported_media_type' } as const;

const bad: Readonly<Record<string, Bad>> = {
  'a body of another type': {
    line: post(),
    headers: { ...JSON_TYPE, 'Content-Type': 'text/plain' },
    body: '{}',
    ...unsupported,
    names: 'application/json',
  },
  'a body without a type': { line: post(), headers: { 'Idempotency-Key': 'k' }, body: '{}', ...unsupported },
  'a body of a type that is none': {
    line: post(),
    headers: { ...JSON_TYPE, 'Content-Type': '{}' },
    body: '{}',
    ...unsupported,
  },
  'JSON in another charset': {
    line: post(),
    headers: { ...JSON_TYPE, 'Content-Type': 'application/json; charset=utf-16' },
    body: '{}',
    ...unsupported,
    names: 'charset',
  },
  'JSON Lines where one command is asked for': {
    line: post(),
    headers: { ...JSON_TYPE, 'Content-Type': 'application/x-ndjson' },
    body: '{}',
    ...unsupported,
    names: 'application/json',
  },
  'JSON where a command file is asked for': {
    line: post('/imports'),
    headers: JSON_TYPE,
    body: '{}',
    ...unsupported,
    names: 'application/x-ndjson',
  },
  'a bomb of gzip': {
    line: post(),
    headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(50_000_000)),
    ...unsupported,
    names: 'Content-Encoding',
  },
  'a bomb of gzip as a command file': {
    line: post('/imports'),
    headers: { 'Content-Type': 'application/x-ndjson', 'Content-Encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(50_000_000)),
    ...unsupported,
  },
  'a body that is too large': {
    line: post(),
    headers: JSON_TYPE,
    body: `{"periodId":"${'x'.repeat(1024 * 1024)}"}`,
    status: 413,
    code: 'request.too_large',
  },
  'a body of chunks that is too large': {
    line: post(),
    headers: { ...JSON_TYPE, 'Content-Length': '', 'Transfer-Encoding': 'chunked' },
    body: `200000\r\n${'x'.repeat(0x200000)}\r\n0\r\n\r\n`,
    status: 413,
    code: 'request.too_large',
  },
  'no body': { line: post(), headers: { 'Idempotency-Key': 'k' }, ...invalid, names: 'the body' },
  'a body that is no JSON': { line: post(), headers: JSON_TYPE, body: '{"periodId":', ...invalid, names: 'not JSON' },
  'a list': { line: post(), headers: JSON_TYPE, body: '[]', ...invalid, names: 'not a JSON object' },
  'a member named twice': {
    line: post(),
    headers: JSON_TYPE,
    body: '{"periodId":"2026","period\\u0049d":"2027"}',
    ...invalid,
    names: 'periodId: is there twice',
  },
  'a body nested very deep': {
    line: post('/commands'),
    headers: JSON_TYPE,
    body: `{"command":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ...invalid,
    names: 'command',
  },
  'a field nested very deep': {
    line: post(),
    headers: JSON_TYPE,
    body: `{"periodId":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
    ...invalid,
    names: 'periodId',
  },
  'a body that is not UTF-8': {
    line: post(),
    headers: JSON_TYPE,
    body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    ...malformed,
    names: 'UTF-8',
  },
  'a prototype': { line: post(), headers: JSON_TYPE, body: '{"__proto__":{"periodId":"2026"}}', ...invalid },
  'a path with a broken percent sign': { line: get('/certificates/%zz/balance'), ...malformed },
  'a path that is not UTF-8': { line: get('/certificates/%ff/balance'), ...malformed },
  'an overlong dot': { line: get('/certificates/%c0%ae/balance'), ...malformed },
  'a NUL in a path': { line: get('/certificates/%00/balance'), ...malformed, names: 'certificateId' },
  'an id that is too long': { line: get(`/certificates/${'x'.repeat(201)}/balance`), ...malformed },
  'a doubled slash': { line: get('//certificates/1/balance'), ...missing },
  'dots in a path': { line: get('/certificates/../payers'), status: 404, code: 'request.not_found' },
  'encoded dots in a path': { line: get('/certificates/%2e%2e/%2e%2e/balance'), ...missing },
  'an encoded slash': { line: get('/certificates%2f1/balance'), ...missing },
  'a backslash': { line: get('/certificates\\1\\balance'), ...missing },
  'another host in the path': { line: get('http://evil.example/nowhere'), ...missing },
  'an unknown path': { line: get('/nowhere'), ...missing, names: '/nowhere' },
  'an unknown query parameter': {
    line: get('/certificates/0000000001/balance?onn=2026-01-01'),
    ...malformed,
    names: 'onn',
  },
  'a wrong query parameter': { line: get('/certificates/0000000001/balance?on=2026-02-30'), ...malformed, names: 'on' },
  'another form of answer': {
    line: get('/certificates/0000000001/balance'),
    headers: { Accept: 'text/html' },
    status: 406,
    code: 'request.not_acceptable',
    names: 'application/json',
  },
  'headers that are too large': {
    line: get('/events'),
    headers: { 'X-Large': 'x'.repeat(40_000) },
    status: 431,
    code: 'request.headers_too_large',
  },
  'no host': { line: get('/certificates/1/balance'), headers: { Host: '' }, ...malformed, names: 'Host' },
  'a header with a control character': { line: get('/events'), headers: { 'X-Odd': 'a\u0001b' }, ...malformed },
  'a length that is none': { line: post(), headers: { ...JSON_TYPE, 'Content-Length': 'ten' }, ...malformed },
  'a length and chunks at once': {
    line: post(),
    headers: { ...JSON_TYPE, 'Content-Length': 5, 'Transfer-Encoding': 'chunked' },
    body: '0\r\n\r\n',
    ...malformed,
  },
  'a method nobody knows': { line: 'FROB /events HTTP/1.1', ...malformed },
  'another protocol': { line: 'GET /events HTTP/9.9', ...malformed },
  'what is no request at all': { line: '\u0016\u0003\u0001', ...malformed },
};

describe('a bad request', () => {
  it.each(Object.entries(bad))('%s is told so', async (_, { line, headers = {}, body = '', status, code, names }) => {
    const all = { Authorization: town.keys.operator, ...headers };
    const { answers, hung } = await exchange(town.port, requestText(line, all, body));
    expect(hung).toBe(false);
    expect(answers.map((answer) => answer.status)).toEqual([status]);
    const [answer] = answers;
    expect(answer?.headers['content-type']).toContain('application/problem+json');
    const problem = JSON.parse(answer?.body ?? '');
    expect(problem).toMatchObject({ status, code });
    if (names !== undefined) expect(problem.detail).toContain(names);
  });

  it.each([
    ['PUT', TOP_UPS, 'POST'],
    ['GET', '/commands', 'POST'],
    ['HEAD', '/events', 'GET'],
    ['OPTIONS', '/events', 'GET'],
    ['PROPFIND', '/events', 'GET'],
    ['TRACE', '/imports', 'POST'],
    ['DELETE', '/certificates/0000000001/balance', 'GET, HEAD'],
  ])('%s %s is told what the path takes', async (method, path, allowed) => {
    const { answers } = await exchange(
      town.port,
      requestText(`${method} ${path} HTTP/1.1`, { Authorization: town.keys.operator }),
    );
    expect(answers).toMatchObject([{ status: 405, headers: { allow: allowed } }]);
  });

  it('a body that ends too early is refused', async () => {
    const headers = { ...JSON_TYPE, Authorization: town.keys.operator, 'Content-Length': 100 };
    const { answers, hung } = await exchange(town.port, requestText(post(), headers, '{"periodId":"2026"}'));
    expect(hung).toBe(false);
    expect(answers.map(({ status }) => status)).toEqual([400]);
  });

  it('a body that does not come is given up', async () => {
    const headers = { ...JSON_TYPE, Authorization: town.keys.operator, 'Content-Length': 100 };
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(town.port, '127.0.0.1');
      socket.on('data', (piece) => {
        text += piece;
      });
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
      socket.write(requestText(post(), headers, '{'));
    });
    expect(answer).toContain('HTTP/1.1 408');
    expect(answer).toContain('request.timeout');
  });
});

it('an expectation that nobody knows is passed over', async () => {
  const headers = { Authorization: town.keys.operator, Expect: 'nothing' };
  const { answers } = await exchange(town.port, requestText(get('/certificates/0000000001/balance'), headers));
  expect(answers.map(({ status }) => status)).toEqual([200]);
});
