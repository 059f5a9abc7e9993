import fc from 'fast-check';
import { pathFields } from '../../../api/http/commands/command-route.ts';
import { commandRoutes } from '../../../api/http/commands/routes.ts';
import type { CommandName } from '../../../src/index.ts';
import { commandFields, commandName } from './arbitrary-commands.ts';
import type { RegisteredRoute } from './open-town.ts';
import { requestText } from './raw-request.ts';

/** A request, and what of it an answer may make the ledger do. */
export interface FuzzedRequest {
  readonly bytes: Buffer;
  /** Who sends it; nobody where it is left out. */
  readonly sender?: string;
}

type Headers = Readonly<Record<string, string>>;

const ND_JSON = 'application/x-ndjson';
const ID_OF = {
  certificateId: ['0000000001', '0000000003', 'none'],
  number: ['cdt-2026-0001', 'kub-2026-0002', 'none'],
  keyId: ['none', '%2e%2e', 'operator'],
} as const;

const word = fc.oneof(
  fc.constantFrom('..', '%2e%2e', '%00', '%zz', '%ff', '%c0%ae', '', '*', '__proto__', 'x'.repeat(300)),
  fc.string({ maxLength: 10 }).map(encodeURIComponent.bind(undefined)),
);
/** Text that can stand in a header. */
const headerText = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) });

/** Requests to all the routes of an app, from senders by their `Authorization`. */
export function fuzzedRequests(
  routes: readonly RegisteredRoute[],
  senders: Readonly<Record<string, string>>,
): fc.Arbitrary<FuzzedRequest> {
  const sender = fc.oneof(
    { weight: 20, arbitrary: fc.constant('operator') },
    { weight: 10, arbitrary: fc.constantFrom(...Object.keys(senders)) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  return sender.chain((name) => {
    const authorization: Headers = name === undefined ? {} : { Authorization: senders[name] ?? '' };
    const sent = fc.oneof(
      { weight: 8, arbitrary: commandRequest(authorization) },
      { weight: 1, arbitrary: fileForm(authorization) },
      { weight: 1, arbitrary: commandFile(authorization) },
      { weight: 4, arbitrary: anyRoute(routes, authorization) },
      { weight: 1, arbitrary: nowhere(authorization) },
    );
    const whole = sent.map((bytes) => ({ bytes, ...(name === undefined ? {} : { sender: name }) }));
    return fc.oneof({ weight: 6, arbitrary: whole }, { weight: 1, arbitrary: whole.chain(damaged) });
  });
}

/** Bytes that nobody would send. */
export const rawBytes: fc.Arbitrary<FuzzedRequest> = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 200 }),
    fc
      .tuple(fc.constantFrom('GET', 'POST', 'HEAD', '', '\0'), fc.string({ unit: 'binary', maxLength: 40 }))
      .map(([method, rest]) => Buffer.from(`${method} /${rest} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)),
  )
  .map((bytes) => ({ bytes: Buffer.from(bytes) }));

/** A command over its own route. */
function commandRequest(authorization: Headers): fc.Arbitrary<Buffer> {
  return fc.constantFrom(...commandRoutes).chain(({ command, path }) =>
    fc.tuple(commandFields(command), headers(authorization)).map(([fields, all]) => {
      const named = pathFields(path);
      const url = path.replaceAll(/:(\w+)/g, (_, name: string) => segment(fields[name]));
      const body = Object.entries(fields).filter(([name]) => !named.includes(name));
      return requestText(`POST ${url} HTTP/1.1`, all, JSON.stringify(Object.fromEntries(body)));
    }),
  );
}

function fileForm(authorization: Headers): fc.Arbitrary<Buffer> {
  return fc
    .tuple(aCommand(), headers(authorization))
    .map(([command, all]) => requestText('POST /commands HTTP/1.1', all, JSON.stringify(command)));
}

function commandFile(authorization: Headers): fc.Arbitrary<Buffer> {
  const id = fc.nat(1_000_000_000).map((number) => `line-${number}`);
  const line = fc.tuple(aCommand(), id).map(([command, own]) => JSON.stringify({ ...command, id: own }));
  const lines = fc.array(fc.oneof({ weight: 5, arbitrary: line }, { weight: 1, arbitrary: fc.string() }), {
    maxLength: 4,
  });
  return fc.tuple(lines, fc.constantFrom('', '?stopOnError=true', '?clock=file', '?x=1')).map(([all, query]) => {
    const type = { 'Content-Type': ND_JSON };
    return requestText(`POST /imports${query} HTTP/1.1`, { ...authorization, ...type }, all.join('\n'));
  });
}

/** Any route at all, with any query and body. */
function anyRoute(routes: readonly RegisteredRoute[], authorization: Headers): fc.Arbitrary<Buffer> {
  const query = fc.constantFrom(
    '',
    '?on=2026-03-01',
    '?asOf=x',
    '?limit=5',
    '?after=1',
    '?limit=-1',
    '?a=1&a=2',
    '?%zz',
  );
  const method = fc.option(fc.constantFrom('GET', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'), { freq: 3 });
  const text = fc.oneof(fc.constant(''), fc.json(), fc.string({ unit: 'binary', maxLength: 50 }));
  const named = fc.record({
    certificateId: fc.oneof(fc.constantFrom(...ID_OF.certificateId), word),
    number: fc.oneof(fc.constantFrom(...ID_OF.number), word),
    keyId: fc.constantFrom(...ID_OF.keyId),
    other: word,
  });
  return fc
    .tuple(fc.constantFrom(...routes), query, method, text, named, headers(authorization))
    .map(([route, asked, other, body, ids, all]) => {
      const url = route.url.replaceAll(/:(\w+)/g, (_, name: string) =>
        Object.hasOwn(ids, name) ? ids[name as keyof typeof ids] : ids.other,
      );
      return requestText(`${other ?? route.method} ${url}${asked} HTTP/1.1`, all, body);
    });
}

function nowhere(authorization: Headers): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.array(word, { maxLength: 5 }), fc.constantFrom('GET', 'POST', 'PROPFIND'))
    .map(([words, method]) => requestText(`${method} /${words.join('/')} HTTP/1.1`, authorization));
}

function aCommand(): fc.Arbitrary<Record<string, unknown>> {
  return commandName.chain((name: CommandName) => commandFields(name).map((fields) => ({ command: name, ...fields })));
}

/** The head of a request: mostly as it should be, sometimes with a key used before, or something odd. */
function headers(authorization: Headers): fc.Arbitrary<Headers> {
  const key = fc.oneof(
    { weight: 20, arbitrary: fc.nat(1_000_000_000).map((number) => `key-${number}`) },
    { weight: 2, arbitrary: fc.nat(5).map((number) => `again-${number}`) },
    { weight: 1, arbitrary: headerText },
  );
  const more = fc.oneof(
    { weight: 20, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constantFrom({ 'If-Match': '"3"' }, { 'If-Match': 'x' }, { 'If-Match': '*' }) },
    { weight: 1, arbitrary: headerText.map((text) => ({ 'Content-Type': text })) },
    { weight: 1, arbitrary: headerText.map((text) => ({ Accept: text })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { 'Content-Encoding': 'gzip' },
        { Accept: 'text/html' },
        { 'Content-Type': ND_JSON },
        { 'Idempotency-Key': '' },
        { Authorization: 'Bearer nobody' },
        { 'Transfer-Encoding': 'chunked' },
        { 'Content-Length': '7' },
        { 'X-Request-Id': '"><script>' },
        { Expect: '100-continue' },
      ),
    },
  );
  return fc.tuple(key, more).map(([own, odd]) => ({
    ...authorization,
    'Content-Type': 'application/json',
    'Idempotency-Key': own,
    ...odd,
  }));
}

/** The same bytes with some of them changed, or cut off. */
function damaged(request: FuzzedRequest): fc.Arbitrary<FuzzedRequest> {
  const { length } = request.bytes;
  const changes = fc.array(fc.tuple(fc.nat(length - 1), fc.nat(255)), { maxLength: 3 });
  return fc.tuple(changes, fc.option(fc.nat(length - 1))).map(([bytes, cut]) => {
    const copy = Buffer.from(request.bytes);
    for (const [at, value] of bytes) copy[at] = value;
    return { ...request, bytes: cut === null ? copy : copy.subarray(0, cut) };
  });
}

function segment(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? 'missing');
  return encodeURIComponent(text.toWellFormed());
}
