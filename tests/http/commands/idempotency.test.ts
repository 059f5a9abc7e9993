import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Town } from '../support/open-town.ts';
import { openTown } from '../support/open-town.ts';

const whole = {
  certificateId: '0000000004',
  periodId: '2026',
  nominal: '12500.00',
  on: '2026-03-01',
  reason: 'order',
};
const { certificateId, ...adjustment } = whole;
const url = `/certificates/${certificateId}/adjustments`;

let town: Town;

beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

async function events(): Promise<number> {
  return (await town.ledger.status()).events;
}

describe('when a command is sent again with the same Idempotency-Key', () => {
  test('it is answered as the first time, and says so; nothing is recorded twice', async () => {
    const first = await town.post(url, adjustment, { key: 'again' });
    expect(first.json()).toEqual({
      id: 'again',
      replayed: false,
      events: ['NominalAdjusted'],
      outcome: { nominal: '12500.00' },
    });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    const before = await events();
    // Other order, other white space: the same body.
    const second = await town.post(
      url,
      JSON.stringify(Object.fromEntries(Object.entries(adjustment).reverse()), null, 2),
      {
        key: 'again',
      },
    );
    expect(second.statusCode).toBe(200);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.json()).toEqual({ ...first.json(), replayed: true });
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(await events()).toBe(before);
  });

  test('with another body it is refused', async () => {
    const answer = await town.post(url, { ...adjustment, nominal: '12500.0' }, { key: 'again' });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'idempotency.key_reused' });
  });

  test('by its own route and by /commands it is the same command', async () => {
    const body = { command: 'adjustNominal', ...whole };
    for (const sent of [body, { ...body, id: 'again' }]) {
      const answer = await town.post('/commands', sent, { key: 'again' });
      expect(answer.headers['idempotency-replayed']).toBe('true');
    }
    const given = await town.post('/commands', { ...body, nominal: '12600.00' }, { key: 'the other way' });
    expect(given.json()).toMatchObject({ replayed: false });
    const replayed = await town.post(url, { ...adjustment, nominal: '12600.00' }, { key: 'the other way' });
    expect(replayed.json()).toEqual({ ...given.json(), replayed: true });
  });

  test('at once by many senders it counts once', async () => {
    const before = await events();
    const sent = Array.from({ length: 8 }, () =>
      town.post(url, { ...adjustment, nominal: '12700.00' }, { key: 'at once' }),
    );
    const answers = await Promise.all(sent);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200));
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    // The adjustment, and what it takes of the group's limits.
    expect(await events()).toBe(before + 2);
  });

  test('a refused command leaves its key free', async () => {
    const refused = await town.post(url, { ...adjustment, nominal: '0' }, { key: 'free', as: 'provider-cdt' });
    expect(refused.statusCode).toBe(403);
    const future = await town.post(url, { ...adjustment, on: '2026-04-01' }, { key: 'free' });
    expect(future.json()).toMatchObject({ code: 'date.in_future', status: 422 });
    expect((await town.post(url, { ...adjustment, nominal: '12800.00' }, { key: 'free' })).statusCode).toBe(200);
  });
});

describe('the ids of one owner are its own', () => {
  const uo = { name: 'Управление', on: '2026-03-01' };

  test('two payers and an operator use the same key for different commands', async () => {
    for (const [as, payerId] of [
      ['payer-uo', 'uo'],
      ['payer-dp', 'dp'],
      ['operator', 'uo'],
    ] as const) {
      const answer = await town.post(`/payers/${payerId}/details`, { ...uo, inn: as }, { key: 'same', as });
      expect(answer.json(), as).toMatchObject({ id: 'same', replayed: false });
    }
  });

  test('who may not give a command is not told that it was given', async () => {
    expect((await town.post('/payers/uo/details', uo, { key: 'own', as: 'payer-uo' })).statusCode).toBe(200);
    for (const as of ['payer-dp', 'auditor-uo', 'provider-cdt'] as const) {
      const answer = await town.post('/payers/uo/details', uo, { key: 'own', as });
      expect(answer.statusCode, as).toBe(403);
      expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    }
    expect((await town.post('/payers/uo/details', uo, { key: 'own', as: 'revoked' })).statusCode).toBe(401);
  });

  test('an owner with a very long name still has room for its keys, and two of them do not meet', async () => {
    const long = (last: string) => `${'я'.repeat(199)}${last}`;
    for (const last of ['а', 'б']) {
      const payerId = long(last);
      await town.ledger.execute({ command: 'registerPayer', id: `long-${last}`, payerId, name: last });
      const { key } = await town.ledger.accessKeys.create({ role: 'payer', payerId });
      const answer = await town.post(`/payers/${encodeURIComponent(payerId)}/details`, uo, {
        key: 'k'.repeat(100),
        headers: { authorization: `Bearer ${key}` },
      });
      expect(answer.json()).toMatchObject({ id: 'k'.repeat(100), replayed: false });
    }
  });
});

describe('what is wrong with the key or the head of a command', () => {
  test('no key', async () => {
    for (const key of [null, '']) {
      const answer = await town.post(url, adjustment, { key });
      expect(answer.json()).toMatchObject({ status: 400, code: 'idempotency.key_missing' });
      expect(answer.json().detail).toContain('Idempotency-Key');
    }
  });

  test('a key that is too long beside its owner is told how long it may be', async () => {
    // 200 characters for the id of a command; `payer:uo:` takes nine of them.
    for (const [as, most] of [
      ['operator', 200],
      ['payer-dp', 191],
    ] as const) {
      const answer = await town.post(
        '/payers/dp/details',
        { on: '2026-03-01', inn: '1' },
        { as, key: 'k'.repeat(most + 1) },
      );
      expect(answer.statusCode).toBe(400);
      expect(answer.json().detail).toMatch(new RegExp(`Idempotency-Key.* ${most} `));
      const taken = await town.post(
        '/payers/dp/details',
        { on: '2026-03-01', inn: '1' },
        { as, key: 'k'.repeat(most) },
      );
      expect(taken.statusCode).toBe(200);
    }
  });

  test('a key beyond ASCII is read as UTF-8, as the id of a command file is', async () => {
    const id = 'школа-1';
    await town.ledger.executeUnknown({ command: 'adjustNominal', id, ...whole, nominal: '12900.00' });
    const bytes = Buffer.from(id).toString('latin1');
    const answer = await town.post(url, { ...adjustment, nominal: '12900.00' }, { key: bytes });
    expect(answer.json()).toMatchObject({ id, replayed: true });
    const wrong = await town.post(url, adjustment, { key: 'caf\u00e9' });
    expect(wrong.json()).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(wrong.json().detail).toContain('Idempotency-Key');
  });

  test('another id in the body, a time, a sender', async () => {
    const body = { command: 'adjustNominal', ...whole };
    const wrong = [
      { ...body, id: 'other' },
      { ...body, id: 7 },
      { ...body, at: '2026-03-01T00:00:00Z' },
      { ...body, by: 'somebody' },
    ];
    for (const [index, sent] of wrong.entries()) {
      const answer = await town.post('/commands', sent, { key: 'head' });
      expect(answer.json()).toMatchObject({ status: 400, code: 'command.invalid' });
      expect(answer.json().detail).toMatch([/^id:/, /^id:/, /^at:/, /^by:/][index] as RegExp);
    }
  });

  test('an id of a payer is compared as it was sent', async () => {
    const body = { command: 'changePayerDetails', payerId: 'uo', on: '2026-03-01', inn: '5' };
    const scoped = await town.post('/commands', { ...body, id: 'payer:uo:k' }, { key: 'k', as: 'payer-uo' });
    expect(scoped.json()).toMatchObject({ status: 400, code: 'command.invalid' });
    expect((await town.post('/commands', { ...body, id: 'k' }, { key: 'k', as: 'payer-uo' })).json()).toMatchObject({
      id: 'k',
      replayed: false,
    });
  });

  test('what the path or the key says is refused in the body', async () => {
    const names = ['command', 'id', 'certificateId', 'at', 'by'];
    for (const name of names) {
      const answer = await town.post(url, { ...adjustment, [name]: 'x' });
      expect(answer.json()).toMatchObject({ status: 400, code: 'command.invalid' });
      expect(answer.json().detail).toMatch(new RegExp(`^${name}:`));
    }
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['nothing', ''],
    ['a member twice', '{"periodId":"2026","periodId":"2027"}'],
    ['another prototype', `${JSON.stringify(adjustment).slice(0, -1)},"__proto__":{"colour":"red"}}`],
    ['no text', '{"periodId":"\\ud800","nominal":"1.00","on":"2026-03-01","reason":"r"}'],
  ])('a body that is %s', async (_, text) => {
    const answer = await town.post(url, text);
    expect(answer.json()).toMatchObject({ status: 400 });
  });

  test.each([
    ['certificateId', '{"command":"topUpNominal","certificateId":"\\ud800","periodId":"2026"}'],
    ['number', '{"command":"acceptInvoice","number":"\\ud800-2026-0001","on":"2026-03-05"}'],
  ])('a %s that is no text is refused for whoever sends it', async (field, text) => {
    for (const as of ['operator', 'payer-uo'] as const) {
      const answer = await town.post('/commands', text, { as, headers: { 'if-match': '"0"' } });
      expect(answer.json(), as).toMatchObject({ status: 400, code: 'command.invalid' });
      expect(answer.json().detail).toContain(field);
    }
  });
});

test('the sender is known from the key and is no part of what is compared', async () => {
  const body = { on: '2026-03-01', kpp: '9' };
  const { key } = await town.ledger.accessKeys.create({ keyId: 'second', role: 'payer', payerId: 'uo' });
  await town.post('/payers/uo/details', body, { key: 'who', as: 'payer-uo' });
  const second = await town.post('/payers/uo/details', body, {
    key: 'who',
    headers: { authorization: `Bearer ${key}` },
  });
  expect(second.headers['idempotency-replayed']).toBe('true');
  const recorded: unknown[] = [];
  for await (const event of town.ledger.events({ personal: true })) {
    if (event.commandId === 'payer:uo:who') recorded.push(event.by);
  }
  expect(recorded).toEqual(['key:payer-uo']);
});

describe('ids in a path', () => {
  test.each([
    ['200 Cyrillic letters', 'ы'.repeat(200)],
    ['200 characters beyond the basic plane', '😀'.repeat(200)],
    ['slashes, a question mark and a hash', 'а/б?c=1#d/'],
    ['a percent sign', '100%25 %2F'],
    ['a plus, spaces and a colon', 'a+b c:d'],
    ['a semicolon and a backslash', 'a;b\\c'],
  ])('%s', async (_, payerId) => {
    const registered = await town.post('/payers', { payerId, name: 'Название' });
    expect(registered.statusCode).toBe(200);
    const details = await town.post(`/payers/${encodeURIComponent(payerId)}/details`, { on: '2026-03-01', inn: '1' });
    expect(details.json()).toMatchObject({ events: ['PayerDetailsChanged'] });
  });

  test('one character more is refused by the rules, with the name of the field', async () => {
    const answer = await town.post(`/payers/${encodeURIComponent('ы'.repeat(201))}/details`, {
      on: '2026-03-01',
      inn: '1',
    });
    expect(answer.json()).toMatchObject({ status: 400, code: 'command.invalid' });
    expect(answer.json().detail).toContain('payerId');
  });

  test('what cannot be decoded is no path', async () => {
    for (const path of ['/payers/%/details', '/payers/%ED%A0%80/details', '/payers/%00/details']) {
      const answer = await town.post(path, { on: '2026-03-01', inn: '1' });
      expect([400, 404], path).toContain(answer.statusCode);
    }
  });
});
