import { connect } from 'node:net';
import type { Context } from '@opentelemetry/api';
import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { Metrics } from '../../api/http/service/metrics.ts';
import { service } from '../../api/http/service.ts';
import { settingsOf } from '../../api/settings.ts';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';

const METRICS_TOKEN = 'only-for-the-metrics';

interface Running {
  readonly app: FastifyInstance;
  readonly ledger: Ledger;
  readonly operator: string;
  readonly log: string[];
}

describe('the service around the API', () => {
  const running: Running[] = [];

  async function run(environment: NodeJS.ProcessEnv = {}): Promise<Running> {
    const metrics = new Metrics();
    const log: string[] = [];
    const ledger = await openLedger({ store: 'memory:', observer: metrics });
    const logStream = { write: (line: string) => void log.push(line) };
    const app = await service({ ledger, settings: settingsOf(environment), metrics, logStream });
    const { key } = await ledger.accessKeys.create({ role: 'operator', keyId: 'the-operator' });
    const one = { app, ledger, operator: `Bearer ${key}`, log };
    running.push(one);
    return one;
  }

  afterEach(async () => {
    for (const { app, ledger } of running.splice(0)) {
      await app.close();
      await ledger.close();
    }
  });

  const balance = (authorization: string) => ({ url: '/certificates/1/balance', headers: { authorization } });

  describe('when requests are logged', () => {
    test('each line carries the id of the answer, and no token or body is in any', async () => {
      const { app, operator, log } = await run();
      const answer = await app.inject({
        method: 'POST',
        url: '/certificates/1/top-ups',
        headers: {
          authorization: operator,
          'content-type': 'application/json',
          'idempotency-key': 'k',
          'x-request-id': 'mine-1',
        },
        payload: { periodId: 'a secret of the body' },
      });
      expect(answer.headers['x-request-id']).toBe('mine-1');
      expect(answer.json().requestId).toBe('mine-1');
      const line = JSON.parse(log.at(-1) ?? '');
      expect(line).toMatchObject({
        level: 'info',
        requestId: 'mine-1',
        method: 'POST',
        url: '/certificates/1/top-ups',
        status: 404,
        by: 'key:the-operator',
      });
      expect(log.join()).not.toContain(operator.slice('Bearer '.length));
      expect(log.join()).not.toContain('a secret of the body');
    });

    test.each([
      ['long', 'x'.repeat(65)],
      ['harmful', '"><script>'],
    ])('an id that is %s is not taken over', async (_, id) => {
      const { app } = await run();
      const answer = await app.inject({ url: '/health/live', headers: { 'x-request-id': id } });
      expect(answer.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    });

    test('what is logged by others is without secrets', async () => {
      const { app, log } = await run();
      const headers = { authorization: 'Bearer s3cret', cookie: 's3cret' };
      app.log.info({ headers, request: { headers } }, 'by a library');
      expect(log.at(-1)).toContain('[redacted]');
      expect(log.at(-1)).not.toContain('s3cret');
    });

    test('a silent server says nothing', async () => {
      const { app, log } = await run({ LOG_LEVEL: 'silent' });
      await app.inject('/health/live');
      expect(log).toEqual([]);
    });
  });

  describe('when there are too many requests', () => {
    test('a key is told to wait, and another key is not', async () => {
      const { app, ledger, operator } = await run({ RATE_LIMIT: '2' });
      const ask = () => app.inject(balance(operator));
      const answers = [await ask(), await ask(), await ask()];
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 429]);
      expect(answers[2]?.headers['retry-after']).toBe('1');
      expect(answers[2]?.json()).toMatchObject({ code: 'request.rate_limited', status: 429 });
      const { key } = await ledger.accessKeys.create({ role: 'operator' });
      expect((await app.inject(balance(`Bearer ${key}`))).statusCode).toBe(404);
    });

    test('unknown callers are counted by their address, and keep nobody with a key out', async () => {
      const { app, operator } = await run({ RATE_LIMIT_UNKNOWN: '1' });
      const unknown = [await app.inject(balance('Bearer a')), await app.inject(balance('Bearer b'))];
      expect(unknown.map(({ statusCode }) => statusCode)).toEqual([401, 429]);
      expect((await app.inject({ ...balance('Bearer c'), remoteAddress: '10.0.0.9' })).statusCode).toBe(401);
      expect((await app.inject(balance(operator))).statusCode).toBe(404);
    });

    test('who asks for the metrics is counted too, but for whoever brings their token', async () => {
      const { app } = await run({ RATE_LIMIT_UNKNOWN: '1', METRICS_TOKEN });
      const ask = (token: string) => app.inject({ url: '/metrics', headers: { authorization: `Bearer ${token}` } });
      const answers = [await ask('a'), await ask('b'), await ask(METRICS_TOKEN), await ask(METRICS_TOKEN)];
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 429, 200, 200]);
    });

    test('the address is what a trusted proxy says it is', async () => {
      const { app } = await run({ RATE_LIMIT_UNKNOWN: '1', TRUST_PROXY: '127.0.0.1' });
      const from = (address: string) =>
        app.inject({ url: '/certificates/1/balance', headers: { 'x-forwarded-for': address } });
      const answers = [await from('10.0.0.1'), await from('10.0.0.2'), await from('10.0.0.1')];
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 429]);
    });
  });

  describe('when a browser asks', () => {
    test('nothing may be shown, framed or kept, and no other page may use it', async () => {
      const { app } = await run();
      const { headers } = await app.inject({ url: '/health/live', headers: { origin: 'https://a.example' } });
      expect(headers['content-security-policy']).toBe(
        "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['strict-transport-security']).toContain('max-age=');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    });

    test('pages of the configured origins may, and those of others not', async () => {
      const { app } = await run({ CORS_ORIGINS: 'https://a.example' });
      const preflight = (origin: string) =>
        app.inject({
          method: 'OPTIONS',
          url: '/certificates',
          headers: { origin, 'access-control-request-method': 'POST' },
        });
      const allowed = await preflight('https://a.example');
      expect(allowed.statusCode).toBe(204);
      expect(allowed.headers['access-control-allow-origin']).toBe('https://a.example');
      expect(allowed.headers['access-control-allow-headers']).toContain('Idempotency-Key');
      expect(allowed.headers['access-control-allow-headers']).toContain('If-None-Match');
      expect(allowed.headers['access-control-allow-methods']).toContain('DELETE');
      expect((await preflight('https://b.example')).headers['access-control-allow-origin']).not.toBe(
        'https://b.example',
      );
    });
  });

  describe('when it is asked how it does', () => {
    test('it lives, and is ready while the store can be written and read models keep up', async () => {
      const { app } = await run();
      expect((await app.inject('/health/live')).json()).toEqual({ status: 'live' });
      expect((await app.inject('/health/ready')).json()).toMatchObject({ status: 'ready' });
    });

    test('it is not ready when the store cannot be written, and names no file', async () => {
      const { app, ledger } = await run();
      await ledger.close();
      const answer = await app.inject('/health/ready');
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.json()).toMatchObject({ code: 'ledger.closed', detail: expect.stringContaining('operator') });
      expect((await app.inject('/health/live')).statusCode).toBe(200);
      running.pop();
      await app.close();
    });

    test.each([20_000, Number.NaN])(
      'it is not ready with %d events to come of a store that counts no more than it is asked',
      async (behind) => {
        const { app, ledger } = await run();
        ledger.eventsBehind = async (atMost = 10_000) => Math.min(atMost, behind);
        const answer = await app.inject('/health/ready');
        expect(answer.json()).toMatchObject({ code: 'server.not_ready', status: 503 });
      },
    );

    test('it is not ready while the read models lag behind', async () => {
      const { app, ledger } = await run({ READY_LAG: '1' });
      await ledger.catchUp();
      await ledger.execute({ command: 'registerPayer', id: 'a', payerId: 'a', name: 'a' });
      await ledger.execute({ command: 'registerPayer', id: 'b', payerId: 'b', name: 'b' });
      expect((await app.inject('/health/ready')).json()).toMatchObject({ code: 'server.not_ready', status: 503 });
      await app.ready();
      await expect.poll(async () => (await app.inject('/health/ready')).statusCode).toBe(200);
    });
  });

  describe('when it is measured', () => {
    test('only an operator and the token for it may read the metrics', async () => {
      const { app, ledger, operator } = await run({ METRICS_TOKEN });
      const auditor = await ledger.accessKeys.create({ role: 'auditor', payerId: 'uo' });
      const status = async (authorization?: string) =>
        (await app.inject({ url: '/metrics', headers: authorization === undefined ? {} : { authorization } }))
          .statusCode;
      expect(await status()).toBe(401);
      expect(await status('Bearer only-for-the-metricz')).toBe(401);
      expect(await status(`Bearer ${auditor.key}`)).toBe(403);
      expect(await status(operator)).toBe(200);
      expect(await status(`Bearer ${METRICS_TOKEN}`)).toBe(200);
    });

    test('requests, appends, commits, conflicts and lag are counted', async () => {
      const { app, ledger, operator } = await run();
      const before = await ledger.eventsBehind();
      await ledger.execute({ command: 'registerPayer', id: 'a', payerId: 'a', name: 'a' });
      await app.inject(balance(operator));
      const { body } = await app.inject({ url: '/metrics', headers: { authorization: operator } });
      const value = (line: string) =>
        Number(
          body
            .split('\n')
            .find((text) => text.startsWith(`${line} `))
            ?.split(' ')[1],
        );
      const route = 'route="/certificates/:certificateId/balance",method="GET",status="404"';
      expect(value(`ledger_http_request_duration_seconds_count{${route}}`)).toBe(1);
      // The operator's key and the payer.
      expect(value('ledger_appends_total')).toBe(2);
      expect(value('ledger_events_total')).toBe(2);
      expect(value('ledger_commit_appends_count')).toBe(2);
      expect(value('ledger_conflicts_total')).toBe(0);
      expect(value('ledger_projection_lag_events')).toBeLessThanOrEqual(before + 1);
      expect(value('process_resident_memory_bytes')).toBeGreaterThan(0);
    });
  });

  describe('when what comes is no request', () => {
    /** All that comes back over a socket until the server closes it. */
    async function exchanged(port: number, text: string): Promise<string> {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8');
      let received = '';
      socket.on('data', (part: string) => {
        received += part;
      });
      socket.write(text);
      await new Promise((resolve) => socket.once('close', resolve));
      return received;
    }

    async function portOf({ app }: Running): Promise<number> {
      return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
    }

    test('it is answered with a problem and closed', async () => {
      const port = await portOf(await run());
      expect(await exchanged(port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"request\.invalid"/);
      const header = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`;
      expect(await exchanged(port, header)).toMatch(/^HTTP\/1\.1 431 [\s\S]*"code":"request\.headers_too_large"/);
      const address = 'GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
      expect(await exchanged(port, address)).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"request\.invalid"/);
    });

    test('a body or headers that do not come in time are a timeout', async () => {
      const one = await run({ REQUEST_TIMEOUT: '1' });
      const port = await portOf(one);
      const head = `POST /certificates HTTP/1.1\r\nhost: a\r\nauthorization: ${one.operator}\r\n`;
      const body = `${head}content-type: application/json\r\nidempotency-key: k\r\ncontent-length: 99\r\n\r\n{`;
      const answers = await Promise.all([exchanged(port, body), exchanged(port, head)]);
      for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request\.timeout"/);
    });

    test('a body over the limit is too large', async () => {
      const { app, operator } = await run({ BODY_LIMIT: '1024' });
      const answer = await app.inject({
        method: 'POST',
        url: '/certificates',
        headers: { authorization: operator, 'content-type': 'application/json', 'idempotency-key': 'k' },
        payload: JSON.stringify({ certificateId: 'x'.repeat(1_024) }),
      });
      expect(answer.json()).toMatchObject({ code: 'request.too_large', status: 413 });
    });
  });

  describe('when an OpenTelemetry SDK is registered', () => {
    test("a span of the route continues the caller's trace; without one there is none", async () => {
      const spans: { name: string; parent: unknown; attributes: Record<string, unknown>; ended: boolean }[] = [];
      const untraced = await run();
      const parentKey = Symbol('parent');
      propagation.setGlobalPropagator({
        inject: () => undefined,
        extract: (context: Context, carrier: { traceparent?: string }) =>
          context.setValue(parentKey, carrier.traceparent),
        fields: () => ['traceparent'],
      });
      trace.setGlobalTracerProvider({
        getTracer: () => {
          return {
            startActiveSpan: () => undefined as never,
            startSpan: (name, { attributes = {} } = {}, context = ROOT_CONTEXT) => {
              const span = { name, parent: context.getValue(parentKey), attributes: { ...attributes }, ended: false };
              spans.push(span);
              const recording = trace.wrapSpanContext({
                traceId: '1'.repeat(32),
                spanId: '2'.repeat(16),
                traceFlags: 1,
              });
              recording.setAttribute = (key, value) => {
                span.attributes[key] = value;
                return recording;
              };
              recording.end = () => {
                span.ended = true;
              };
              return recording;
            },
          };
        },
      });
      try {
        const { app, operator } = await run();
        await untraced.app.inject('/health/live');
        expect(spans).toEqual([]);
        const asked = balance(operator);
        await app.inject({ ...asked, headers: { ...asked.headers, traceparent: 'of the caller' } });
      } finally {
        trace.disable();
        propagation.disable();
      }
      expect(spans).toEqual([
        {
          name: 'GET /certificates/:certificateId/balance',
          parent: 'of the caller',
          attributes: {
            'http.request.method': 'GET',
            'http.route': '/certificates/:certificateId/balance',
            'url.path': '/certificates/1/balance',
            'http.response.status_code': 404,
          },
          ended: true,
        },
      ]);
    });
  });
});
