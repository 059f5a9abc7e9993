import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandName } from '../../../src/index.ts';
import { requestFor } from '../support/command-request.ts';
import type { Sending, Town } from '../support/open-town.ts';
import { openTown } from '../support/open-town.ts';

const CERTIFICATE = '/certificates/0000000004';
const adjustment = { periodId: '2026', on: '2026-03-01', reason: 'order' };
let town: Town;
let nominal = 12_000;

beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

/** Every time another nominal, so that no adjustment is a replay of an earlier one. */
function adjust(condition: string | undefined, sending: Sending = {}) {
  nominal += 1;
  const headers = condition === undefined ? {} : { 'if-match': condition };
  return town.post(`${CERTIFICATE}/adjustments`, { ...adjustment, nominal: `${nominal}.00` }, { ...sending, headers });
}

describe('the ETag of an answer', () => {
  test('is the one the resource has from then on', async () => {
    const { headers } = await adjust(undefined);
    const read = await town.get(`${CERTIFICATE}/balance`);
    expect(headers.etag).toMatch(/^"\d+"$/);
    expect(read.headers.etag).toBe(headers.etag);
  });

  test('of a contract is that of its certificate, of an invoice that of its pair', async () => {
    const { url, body } = requestFor('terminateContract', {
      contractId: 'c-3',
      noticeOn: '2026-03-01',
      initiator: 'parent',
      reason: 'moved',
    });
    const terminated = await town.post(url, body);
    expect(terminated.headers.etag).toBe((await town.get('/certificates/0000000002/balance')).headers.etag);
    const accepted = await town.post('/invoices/kub-2026-0001/acceptance', { on: '2026-03-05' });
    const rejected = { on: '2026-03-06', reason: 'r' };
    const stale = await town.post('/invoices/kub-2026-0001/annulment', rejected, { headers: { 'if-match': '"0"' } });
    expect(stale.json()).toMatchObject({ status: 412, code: 'stream.changed' });
    const headers = { 'if-match': String(accepted.headers.etag) };
    expect((await town.post('/invoices/kub-2026-0001/annulment', rejected, { headers })).statusCode).toBe(200);
  });

  test('is not there where a command changes several resources', async () => {
    const attendance = [{ contractId: 'c-1', status: 'attended' }];
    const answer = await town.post('/lessons', { lessonId: 'l-9', date: '2026-03-09', attendance });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).not.toHaveProperty('etag');
  });
});

describe('If-Match', () => {
  test('takes a command on what the sender has seen, and refuses it on anything else', async () => {
    const seen = String((await adjust(undefined)).headers.etag);
    const changed = await adjust(seen);
    expect(changed.statusCode).toBe(200);
    expect(changed.headers.etag).not.toBe(seen);
    const stale = await adjust(seen);
    expect(stale.json()).toMatchObject({ status: 412, code: 'stream.changed' });
    expect((await town.get(`${CERTIFICATE}/balance`)).headers.etag).toBe(changed.headers.etag);
  });

  test('lets exactly one of two racing senders through', async () => {
    for (let round = 0; round < 5; round += 1) {
      const seen = String((await adjust(undefined)).headers.etag);
      const answers = await Promise.all([adjust(seen), adjust(seen)]);
      expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 412]);
    }
  });

  test('does not keep a replay from being told', async () => {
    const seen = String((await adjust(undefined)).headers.etag);
    nominal += 1;
    const body = { ...adjustment, nominal: `${nominal}.00` };
    const sending = { key: 'with a condition', headers: { 'if-match': seen } };
    const first = await town.post(`${CERTIFICATE}/adjustments`, body, sending);
    await adjust(undefined);
    const second = await town.post(`${CERTIFICATE}/adjustments`, body, sending);
    expect(first.statusCode).toBe(200);
    expect(second.json()).toEqual({ ...first.json(), replayed: true });
    expect(second.headers.etag).toBe(first.headers.etag);
  });

  test('works the same by /commands', async () => {
    const body = { command: 'adjustNominal', certificateId: '0000000004', ...adjustment, nominal: '12.00' };
    const answer = await town.post('/commands', body, { headers: { 'if-match': '"0"' } });
    expect(answer.json()).toMatchObject({ status: 412, code: 'stream.changed' });
  });

  test('with * asks only that the resource is there', async () => {
    expect((await adjust('*')).statusCode).toBe(200);
    const all = { 'if-match': '*' };
    const unknown = await town.post('/payers/new/details', { on: '2026-03-01', inn: '1' }, { headers: all });
    expect(unknown.json()).toMatchObject({ status: 412, code: 'stream.changed' });
  });

  const notThere: readonly [CommandName, Record<string, unknown>][] = [
    ['registerPayer', { payerId: 'new', name: 'N' }],
    ['releaseBlock', { contractId: 'c-99', on: '2026-03-01' }],
    ['acceptInvoice', { number: 'cdt-2026-0099', on: '2026-03-05' }],
  ];

  test.each(notThere)('is never met by what is not there: %s', async (command, fields) => {
    const { url, body } = requestFor(command, fields);
    for (const condition of ['"0"', '*']) {
      const answer = await town.post(url, body, { headers: { 'if-match': condition } });
      expect(answer.json()).toMatchObject({ status: 412, code: 'stream.changed' });
    }
  });

  test('that is no ETag of an answer is refused, as is one where there is nothing to compare', async () => {
    for (const condition of ['7', 'W/"7"', '"x"', '"-1"', '']) {
      expect((await adjust(condition)).json(), condition).toMatchObject({ status: 400, code: 'request.invalid' });
    }
    const several = { lessonId: 'l', date: '2026-03-03', attendance: [{ contractId: 'c-1', status: 'attended' }] };
    const answer = await town.post('/lessons', several, { headers: { 'if-match': '"1"' } });
    expect(answer.json()).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(answer.json().detail).toContain('If-Match');
  });
});
