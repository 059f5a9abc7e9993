import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CryptoKey, JWTPayload } from 'jose';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenAuthenticator } from '../../../api/http/access/token-authenticator.ts';
import { fixedClock } from '../../../src/index.ts';
import type { Town } from '../support/open-town.ts';
import { openTown } from '../support/open-town.ts';

const NOW = '2026-03-10T09:00:00Z';
const SECONDS = Date.parse(NOW) / 1000;
const ISSUER = 'https://issuer.example';
const AUDIENCE = 'certificate-ledger';

/** What a payer's system claims; each test says what it claims otherwise. */
const payer = { role: 'payer', payerId: 'uo', sub: 'system-7', iss: ISSUER, aud: AUDIENCE, exp: SECONDS + 60 };

let server: Server;
let url: URL;
let signing: CryptoKey;
let foreign: CryptoKey;
let published: string;
let town: Town;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  signing = pair.privateKey;
  foreign = (await generateKeyPair('ES256')).privateKey;
  published = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }] });
  server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(published);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`);
  const clock = fixedClock(NOW);
  const authenticators = [tokenAuthenticator({ jwksUrl: url, issuer: ISSUER, audience: AUDIENCE, clock })];
  town = await openTown({ authenticators, now: NOW });
});
afterAll(async () => {
  await town.close();
  await new Promise((resolve) => server.close(resolve));
});

function signed(claims: JWTPayload, key: CryptoKey = signing, head: { alg: string; kid: string } = HEAD) {
  return new SignJWT(claims).setProtectedHeader(head).sign(key);
}

const HEAD = { alg: 'ES256', kid: 'k1' };

async function statusWith(token: string, certificateId = '0000000001'): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await town.get(`/certificates/${certificateId}/balance`, { as: 'nobody', headers })).statusCode;
}

function without(name: keyof typeof payer): JWTPayload {
  return Object.fromEntries(Object.entries(payer).filter(([member]) => member !== name));
}

describe('a token that the issuer has signed', () => {
  test('lets its owner in, to its own rows', async () => {
    const token = await signed(payer);
    expect(await statusWith(token)).toBe(200);
    expect(await statusWith(token, '0000000003')).toBe(404);
  });

  test('names its owner in the events, by its subject', async () => {
    const headers = { authorization: `Bearer ${await signed(payer)}` };
    await town.post('/payers/uo/details', { on: '2026-03-01', inn: '7' }, { as: 'nobody', key: 'token', headers });
    const recorded: unknown[] = [];
    for await (const { commandId, by } of town.ledger.events({ personal: true })) {
      if (commandId === 'payer:uo:token') recorded.push(by);
    }
    expect(recorded).toEqual(['token:system-7']);
  });

  test('counts until the second it goes out of date', async () => {
    expect(await statusWith(await signed({ ...payer, exp: SECONDS + 1 }))).toBe(200);
    expect(await statusWith(await signed({ ...payer, exp: SECONDS }))).toBe(401);
  });
});

describe('nobody is known by', () => {
  const claims: readonly [string, JWTPayload][] = [
    ['a token that is not to be used yet', { ...payer, nbf: SECONDS + 60 }],
    ['one of another issuer', { ...payer, iss: 'https://other.example' }],
    ['one for another audience', { ...payer, aud: 'other' }],
    ...(['role', 'payerId', 'sub', 'iss', 'aud', 'exp'] as const).map((name): [string, JWTPayload] => [
      `one without ${name}`,
      without(name),
    ]),
    ['one with a role there is not', { ...payer, role: 'admin' }],
    ['one whose role is a list', { ...payer, role: ['operator'] }],
    ['a payer that also names a provider', { ...payer, providerId: 'cdt' }],
    ['a provider without a provider', { ...payer, role: 'provider' }],
    ['an operator with a payer', { ...payer, role: 'operator' }],
    ['a payer whose id is no text', { ...payer, payerId: 7 }],
    ['a subject of 201 characters', { ...payer, sub: 's'.repeat(201) }],
  ];

  test.each(claims)('%s', async (_, wrong) => {
    expect(await statusWith(await signed(wrong))).toBe(401);
  });

  test('one signed by another key', async () => {
    expect(await statusWith(await signed(payer, foreign))).toBe(401);
    expect(await statusWith(await signed(payer, foreign, { ...HEAD, kid: 'k2' }))).toBe(401);
  });

  test('one that nobody has signed, or that was changed after it', async () => {
    expect(await statusWith(new UnsecuredJWT(payer).encode())).toBe(401);
    const [head, , signature] = (await signed(payer)).split('.');
    const changed = Buffer.from(JSON.stringify({ ...payer, payerId: 'dp' })).toString('base64url');
    expect(await statusWith(`${head}.${changed}.${signature}`)).toBe(401);
    expect(await statusWith(`${head}.${changed}.`)).toBe(401);
  });

  test('one signed with what everybody can read', async () => {
    const secret = new TextEncoder().encode(published);
    const token = await new SignJWT(payer).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret);
    expect(await statusWith(token)).toBe(401);
  });

  test('text that only looks like a token', async () => {
    for (const text of ['a.b.c', 'e30.e30.', 'e30.e30.e30', '..', 'ledger_x'])
      expect(await statusWith(text), text).toBe(401);
  });
});

test('while the keys cannot be had the answer is 503, and only for tokens', async () => {
  const closed = new URL('http://127.0.0.1:1/jwks.json');
  const authenticator = tokenAuthenticator({ jwksUrl: closed, clock: fixedClock(NOW) });
  await expect(authenticator.authenticate(await signed(payer))).rejects.toMatchObject({ code: 'access.unavailable' });
  await expect(authenticator.authenticate('ledger_no-token')).resolves.toBeUndefined();
});

test('without a configured issuer and audience those of the token do not matter', async () => {
  const authenticator = tokenAuthenticator({ jwksUrl: url, clock: fixedClock(NOW) });
  const principal = await authenticator.authenticate(await signed({ ...payer, iss: 'x', aud: 'y' }));
  expect(principal).toEqual({ role: 'payer', payerId: 'uo', by: 'token:system-7' });
});
