import createClient from 'openapi-fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { paths } from '../../out/api-types.d.ts';
import type { Sender, Town } from './support/open-town.ts';
import { openTown } from './support/open-town.ts';

type ContractsQuery = NonNullable<paths['/contracts']['get']['parameters']['query']>;

let town: Town;
let address: string;
beforeAll(async () => {
  town = await openTown();
  address = await town.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => town.close());

/** A client generated from the contract, as a developer of another system has it. */
function clientOf(sender: Sender) {
  return createClient<paths>({ baseUrl: address, headers: { authorization: `Bearer ${town.keys[sender]}` } });
}

describe('a client generated from the contract, over a socket', () => {
  test('a provider concludes a contract and records lessons, a payer reads what became of it', async () => {
    const provider = clientOf('provider-cdt');
    const payer = clientOf('payer-uo');
    const path = { certificateId: '0000000002' };
    const concluded = await provider.POST('/certificates/{certificateId}/blocks', {
      params: { path, header: { 'Idempotency-Key': 'block-1' } },
      body: {
        contractId: 'c-9',
        providerId: 'cdt',
        programmeId: 'chess',
        moduleId: 'm1',
        agreementId: 'a-1',
        number: '9/26',
        date: '2026-03-01',
        from: '2026-03-02',
        until: '2026-05-31',
        lessons: 12,
        price: '3000',
      },
    });
    expect(concluded.error).toBeUndefined();
    expect(concluded.data?.outcome).toEqual({ share: '3000.00', parentShare: '0.00' });

    // 3000.00 / 12 = 250.00 a lesson; of two contracts one is another provider's and stays untouched.
    const recorded = await provider.POST('/lessons', {
      params: { header: { 'Idempotency-Key': 'lesson-1' } },
      body: { lessonId: 'l-9', date: '2026-03-04', attendance: [{ contractId: 'c-9', status: 'attended' }] },
    });
    expect(recorded.data?.outcome.results).toEqual([{ contractId: 'c-9', result: 'charged', amount: '250.00' }]);

    const { data: balance, response } = await payer.GET('/certificates/{certificateId}/balance', { params: { path } });
    // 12000.00 less 6000.00 of c-3 and 3000.00 of this one; two lessons of c-3 were charged in February: 333.33.
    expect(balance?.periods).toMatchObject([{ available: '3000.00', charged: '583.33', blocked: '8416.67' }]);
    expect(balance?.periods[0]?.contracts.map(({ contractId }) => contractId)).toEqual(['c-3', 'c-9']);
    const known = { 'If-None-Match': response.headers.get('etag') ?? '' };
    const unchanged = await payer.GET('/certificates/{certificateId}/balance', { params: { path, header: known } });
    expect(unchanged.response.status).toBe(304);

    const { data: own } = await provider.GET('/certificates/{certificateId}/balance', { params: { path } });
    expect(own?.periods[0]?.contracts.map(({ contractId }) => contractId)).toEqual(['c-9']);
  });

  test('pages through a list, and tells a problem by its code', async () => {
    const operator = clientOf('operator');
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const query: ContractsQuery = { limit: 1, sort: '-contractId', ...(after === '' ? {} : { after }) };
      const { data } = await operator.GET('/contracts', { params: { query } });
      seen.push(...(data?.items.map(({ contractId }) => contractId) ?? []));
      after = data?.next ?? null;
    }
    expect(seen).toEqual(['c-9', 'c-3', 'c-2', 'c-1']);

    const { error, response } = await operator.POST('/invoices/{number}/payment', {
      params: { path: { number: 'cdt-2026-0001' }, header: { 'Idempotency-Key': 'pay-1' } },
      body: { on: '2026-03-10', amount: '333.33', reference: 'order 5' },
    });
    expect(response.status).toBe(409);
    expect(error?.code).toBe('invoice.wrong_status');
  });
});
