import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { api } from '../../api/http/app.ts';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';

describe('a command and a question over HTTP', () => {
  let ledger: Ledger;
  let app: ReturnType<typeof Fastify>;
  let operator: string;

  beforeEach(async () => {
    ledger = await openLedger({ store: 'memory:' });
    app = Fastify();
    await app.register(api, { ledger });
    operator = `Bearer ${(await ledger.accessKeys.create({ role: 'operator' })).key}`;
  });
  afterEach(async () => {
    await app.close();
    await ledger.close();
  });

  it('refuses whoever brings no key', async () => {
    const answer = await app.inject({ method: 'GET', url: '/certificates/1/balance' });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'access.unauthenticated', status: 401 });
  });

  it('answers an unknown certificate with 404', async () => {
    const answer = await app.inject({
      method: 'GET',
      url: '/certificates/1/balance',
      headers: { authorization: operator },
    });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'certificate.not_found' });
  });

  it('tells a refused command by its code, and names a wrong field', async () => {
    const post = (body: object) =>
      app.inject({
        method: 'POST',
        url: '/certificates/1/top-ups',
        headers: { authorization: operator, 'idempotency-key': 'k1' },
        payload: body,
      });
    expect((await post({ periodId: '2026' })).json()).toMatchObject({ code: 'certificate.not_found', status: 404 });
    expect((await post({ periodId: 5 })).json().detail).toContain('periodId');
  });
});
