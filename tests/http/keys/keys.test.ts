import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Town } from '../support/open-town.ts';
import { openTown } from '../support/open-town.ts';

let town: Town;

beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

function balanceWith(key: string) {
  const headers = { authorization: `Bearer ${key}` };
  return town.get('/certificates/0000000001/balance', { as: 'nobody', headers });
}

describe('keys over HTTP', () => {
  test('are made by an operator, shown once, and refused from the answer of their revocation on', async () => {
    const made = await town.post('/keys', { keyId: 'new', role: 'auditor', payerId: 'uo' });
    expect(made.statusCode).toBe(201);
    expect(made.headers['cache-control']).toBe('no-store');
    expect(made.json()).toEqual({ keyId: 'new', role: 'auditor', payerId: 'uo', key: expect.any(String) });
    const { key } = made.json() as { key: string };
    expect((await balanceWith(key)).statusCode).toBe(200);
    const revoked = await town.send('DELETE', '/keys/new');
    expect([revoked.statusCode, revoked.body]).toEqual([204, '']);
    const refused = await balanceWith(key);
    expect(refused.json()).toMatchObject({ status: 401, code: 'access.unauthenticated' });
    expect(refused.headers['www-authenticate']).toBe('Bearer');
    expect((await town.send('DELETE', '/keys/new')).statusCode).toBe(204);
  });

  test('are listed with their scopes and without their secrets', async () => {
    const answer = await town.get('/keys');
    const { items, next } = answer.json() as { items: Record<string, unknown>[]; next: null };
    expect(next).toBeNull();
    expect(items).toContainEqual({
      keyId: 'provider-cdt',
      role: 'provider',
      providerId: 'cdt',
      createdOn: '2026-03-10',
    });
    expect(items).toContainEqual({
      keyId: 'revoked',
      role: 'operator',
      createdOn: '2026-03-10',
      revokedOn: '2026-03-10',
    });
    for (const secret of Object.values(town.keys)) expect(answer.body).not.toContain(secret);
  });

  test('name in the log who made and revoked them', async () => {
    await town.post('/keys', { keyId: 'logged', role: 'operator' });
    await town.send('DELETE', '/keys/logged');
    const recorded: unknown[] = [];
    for await (const { commandId, type, by } of town.ledger.events({ personal: true })) {
      if (commandId === 'accessKeys:logged') recorded.push([type, by]);
    }
    expect(recorded).toEqual([
      ['AccessKeyCreated', 'key:operator'],
      ['AccessKeyRevoked', 'key:operator'],
    ]);
  });

  test('with an id of any characters are revoked by it', async () => {
    const keyId = 'ключ/1 100%';
    await town.post('/keys', { keyId, role: 'operator' });
    expect((await town.send('DELETE', `/keys/${encodeURIComponent(keyId)}`)).statusCode).toBe(204);
  });

  test.each([
    [{ role: 'payer' }, 400, 'command.invalid'],
    [{ role: 'admin' }, 400, 'command.invalid'],
    [{ role: 'operator', key: 'mine' }, 400, 'command.invalid'],
    [{ role: 'operator', keyId: 'operator' }, 409, 'key.already_exists'],
  ])('%j is %i %s', async (order, status, code) => {
    expect((await town.post('/keys', order)).json()).toMatchObject({ status, code });
  });

  test('that are not there cannot be revoked', async () => {
    expect((await town.send('DELETE', '/keys/nobody')).json()).toMatchObject({ status: 404, code: 'key.not_found' });
  });
});

describe('a bearer token', () => {
  test.each([
    ['Basic b3A6', 'another scheme'],
    ['Bearer', 'no token'],
    ['Bearer a b', 'two tokens'],
    ['Bearer ledger_unknown', 'an unknown key'],
  ])('%s is refused: %s', async (authorization) => {
    const answer = await town.get('/keys', { as: 'nobody', headers: { authorization } });
    expect(answer.json()).toMatchObject({ status: 401, code: 'access.unauthenticated' });
  });

  test('is taken with the scheme in any case', async () => {
    const headers = { authorization: `bearer ${town.keys.operator}` };
    expect((await town.get('/keys', { as: 'nobody', headers })).statusCode).toBe(200);
  });

  test('that nobody knows is told nothing about which routes there are', async () => {
    const unknown = await town.get('/nowhere', { as: 'nobody' });
    const there = await town.get('/keys', { as: 'nobody' });
    expect(unknown.statusCode).toBe(401);
    expect(unknown.json().detail).toBe(there.json().detail);
    expect((await town.get('/nowhere', { as: 'payer-uo' })).statusCode).toBe(404);
  });
});
