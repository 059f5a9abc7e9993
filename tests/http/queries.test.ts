import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sender, Town } from './support/open-town.ts';
import { openTown } from './support/open-town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}

async function page(url: string, as: Sender = 'operator'): Promise<Page> {
  const answer = await town.get(url, { as });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<Page>();
}

async function column(url: string, name: string, as: Sender = 'operator'): Promise<unknown[]> {
  return (await page(url, as)).items.map((item) => item[name]);
}

/** A certificate that is not topped up, of the payer `dp` so that the figures of `uo` stay as they are. */
async function issue(certificateId: string): Promise<void> {
  const ids = { certificateId, payerId: 'dp', groupId: 'funded', holderId: `h-${certificateId}` };
  const answer = await town.post('/certificates', { ...ids, birthDate: '2014-05-20', issuedOn: '2026-01-10' });
  expect(answer.statusCode, answer.body).toBe(200);
}

describe('whose rows a list shows', () => {
  const lists = {
    '/payers': ['payerId', { uo: ['uo'], dp: ['dp'], cdt: ['uo'], kub: ['dp', 'uo'] }],
    '/periods?period=2026': ['payerId', { uo: ['uo'], dp: ['dp'], cdt: ['uo'], kub: ['dp', 'uo'] }],
    '/providers': ['providerId', { uo: ['cdt', 'kub'], dp: ['kub'], cdt: ['cdt'], kub: ['kub'] }],
    '/programmes': ['programmeId', { uo: ['chess', 'robots'], dp: ['robots'], cdt: ['chess'], kub: ['robots'] }],
    '/agreements': ['agreementId', { uo: ['a-1', 'a-3'], dp: ['a-2'], cdt: ['a-1'], kub: ['a-2', 'a-3'] }],
    '/certificates': [
      'certificateId',
      {
        uo: ['0000000001', '0000000002'],
        dp: ['0000000003', '0000000004'],
        cdt: ['0000000001'],
        kub: ['0000000002', '0000000003'],
      },
    ],
    '/contracts': ['contractId', { uo: ['c-1', 'c-3'], dp: ['c-2'], cdt: ['c-1'], kub: ['c-2', 'c-3'] }],
    '/invoices': [
      'number',
      {
        uo: ['cdt-2026-0001', 'kub-2026-0002'],
        dp: ['kub-2026-0001'],
        cdt: ['cdt-2026-0001'],
        kub: ['kub-2026-0001', 'kub-2026-0002'],
      },
    ],
  } as const;

  test.each(Object.entries(lists))('%s', async (url, [name, rows]) => {
    const { uo, dp, cdt, kub } = rows;
    const owned = { 'payer-uo': uo, 'auditor-uo': uo, 'payer-dp': dp, 'auditor-dp': dp, 'provider-cdt': cdt };
    for (const [sender, ids] of Object.entries({ ...owned, 'provider-kub': kub })) {
      expect(await column(url, name, sender as Sender), sender).toEqual(ids);
    }
    expect(await column(url, name)).toEqual([...new Set([...uo, ...dp, ...cdt, ...kub])].toSorted());
  });

  test('whoever asks for what is not his is answered as if it were not there', async () => {
    expect(await page('/contracts?payer=uo', 'payer-dp')).toEqual({ items: [], next: null });
    expect(await page('/contracts?provider=kub', 'provider-cdt')).toEqual({ items: [], next: null });
    expect(await page('/coverage?payer=uo', 'payer-dp')).toEqual({ items: [], next: null });
    const status = await town.get('/invoices/status?month=2026-02&payer=uo', { as: 'payer-dp' });
    expect(status.json()).toMatchObject({ pairs: [], waiting: [] });
    const told = async (url: string) => {
      const { requestId: _, detail: __, ...problem } = (await town.get(url, { as: 'payer-dp' })).json();
      return problem;
    };
    for (const path of ['/certificates/ID', '/certificates/ID/balance', '/certificates/ID/contracts']) {
      expect(await told(path.replace('ID', '0000000001'))).toEqual(await told(path.replace('ID', 'nobody')));
    }
  });

  test.each([
    ['payer-uo', '/providers?payer=dp'],
    ['payer-uo', '/programmes?payer=dp'],
    ['auditor-uo', '/providers?payer=dp'],
    ['provider-cdt', '/payers?provider=kub'],
    ['provider-cdt', '/periods?provider=kub'],
    ['provider-cdt', '/payers/uo/periods?provider=kub'],
  ] as const)('%s is not told by %s whom else those deal with that it deals with', async (as, url) => {
    // `kub` has agreements with both payers, and `uo` with both providers: asked by an operator, it is there.
    expect((await page(url)).items).not.toEqual([]);
    expect(await page(url, as)).toEqual({ items: [], next: null });
  });

  test('the month and the coverage are those of the sender alone', async () => {
    const ofKub = (await town.get('/invoices/status?month=2026-02', { as: 'provider-kub' })).json();
    expect(ofKub.pairs).toMatchObject([
      { payerId: 'dp', providerId: 'kub' },
      { payerId: 'uo', providerId: 'kub' },
    ]);
    expect(await column('/coverage', 'payerId', 'auditor-uo')).toEqual(['uo', 'uo']);
  });

  test('a provider sees its own contracts alone in a balance', async () => {
    const term = { date: '2026-03-01', from: '2026-03-02', until: '2026-05-31', lessons: 12, price: '3000.00' };
    const course = { providerId: 'cdt', programmeId: 'chess', moduleId: 'm1', agreementId: 'a-1', number: '9/26' };
    await town.post('/certificates/0000000002/blocks', { contractId: 'c-9', ...course, ...term });
    const contracts = async (as: Sender) => {
      const { periods } = (await town.get('/certificates/0000000002/balance', { as })).json();
      return periods[0].contracts.map(({ contractId }: { contractId: string }) => contractId);
    };
    expect(await contracts('auditor-uo')).toEqual(['c-3', 'c-9']);
    expect(await contracts('provider-kub')).toEqual(['c-3']);
    expect(await contracts('provider-cdt')).toEqual(['c-9']);
  });
});

describe('pages', () => {
  test('list everybody once, whatever is written in between', async () => {
    const before = await column('/certificates', 'certificateId');
    const first = await page('/certificates?limit=2');
    // One before the place the first page ends at, and one behind it.
    await issue('0000000000');
    await issue('0000000009');
    const second = await page(`/certificates?limit=500&after=${first.next}`);
    expect(second.next).toBeNull();
    expect([...first.items, ...second.items].map(({ certificateId }) => certificateId)).toEqual([
      ...before,
      '0000000009',
    ]);
  });

  test('go on after the longest ids there can be', async () => {
    const longest = ['😀', '😁'].map((character) => character.repeat(198));
    for (const certificateId of longest) await issue(certificateId);
    const seen: unknown[] = [];
    for (let after = ''; ; ) {
      const { items, next } = await page(`/certificates?sort=holderId&limit=1${after}`);
      seen.push(...items.map(({ certificateId }) => certificateId));
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(seen).toEqual(await column('/certificates', 'certificateId'));
    expect(seen.slice(-2)).toEqual(longest);
  });

  test('are sorted by a field in either direction, those that are equal by their id', async () => {
    expect(await column('/contracts?sort=number', 'number')).toEqual(['9/26', 'c-1/26', 'c-2/26', 'c-3/26']);
    expect(await column('/contracts?sort=-price', 'contractId')).toEqual(['c-3', 'c-2', 'c-1', 'c-9']);
    const { items, next } = await page('/contracts?sort=-price&limit=2');
    expect(items).toHaveLength(2);
    expect(await column(`/contracts?sort=-price&after=${next}`, 'contractId')).toEqual(['c-1', 'c-9']);
  });

  test('of what belongs to one thing are the same list below its path', async () => {
    expect(await page('/payers/uo/periods')).toEqual(await page('/periods?payer=uo'));
    expect(await page('/certificates/0000000001/contracts')).toEqual(await page('/contracts?certificate=0000000001'));
  });

  test('go on only after a cursor of the same list in the same order', async () => {
    const { next } = await page('/contracts?limit=1&sort=-price');
    const others = ['/contracts?', '/contracts?sort=price&', '/certificates?sort=-certificateId&'];
    for (const url of [...others, '/certificates/0000000001/contracts?']) {
      const answer = await town.get(`${url}after=${next}`);
      expect(answer.json(), url).toMatchObject({ status: 400, code: 'query.invalid' });
      expect(answer.json().detail).toContain('after');
    }
    expect((await town.get('/contracts?after=x')).json()).toMatchObject({ status: 400, code: 'query.invalid' });
  });
});

describe('what is asked wrongly', () => {
  test.each([
    ...['0', '501', '-1', '1.5', '1e2', '', 'x', '%201'].map((limit) => [`/contracts?limit=${limit}`, 'limit']),
    ['/contracts?limit=1&limit=2', 'limit: is given more than once'],
    ['/certificates/0000000001/balance?on=2026-01-01&on=2026-01-02', 'on: is given more than once'],
    ['/certificates/0000000001/balance?asOf=2026-01-01T00:00:00Z&asOf=x', 'asOf: is given more than once'],
    ['/certificates/0000000001/balance?on=2026-02-30', 'on'],
    ['/certificates/0000000001/explanation?on=01.02.2026', 'on'],
    ['/certificates/0000000001/balance?asOf=2026-02-01T00:00:00%2B03:00', 'asOf'],
    ['/agreements?on=2026-13-01', 'on'],
    ['/invoices?month=2026-00', 'month'],
    ['/invoices/status', 'month'],
    ['/invoices/cdt-2026-0001?events=yes', 'events'],
    ['/contracts?status=frozen', 'status: is none of active, terminated, released'],
    ['/contracts?sort=holderId', 'sort: is none of contractId'],
    ['/contracts?personal=true', 'personal: is not known here'],
    ['/contracts?Payer=uo', 'Payer: is not known here'],
    [`/contracts?payer=${'p'.repeat(201)}`, 'payer: is longer than 200 characters'],
    ['/coverage?group=funded', 'group: is not known here'],
  ])('%s', async (url, named) => {
    const answer = await town.get(url);
    expect(answer.json(), url).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(answer.json().detail).toContain(named);
  });
});

describe('what discloses a person', () => {
  beforeAll(async () => {
    const provider = { providerId: 'ip', name: 'ИП Петрова', legalForm: 'entrepreneur', inn: '682700000000' };
    await town.post('/providers', provider);
    const agreement = { agreementId: 'a-4', payerId: 'uo', providerId: 'ip', number: '4', date: '2026-01-01' };
    await town.post('/agreements', { ...agreement, from: '2026-01-01', until: '2026-12-31' });
  });

  test('is left out unless it is asked for', async () => {
    expect((await town.get('/certificates/0000000001')).json()).not.toHaveProperty('validUntil');
    expect((await town.get('/providers/ip')).json()).not.toHaveProperty('name');
    expect((await town.get('/certificates/0000000001?personal=false')).json()).not.toHaveProperty('validUntil');
    // Born on 20 May 2014, so valid until the day before 20 May 2032.
    const asked = (await town.get('/certificates/0000000001?personal=true')).json();
    expect(asked).toMatchObject({ validUntil: '2032-05-19' });
  });

  test('is told to a payer of its own rows, to a provider of itself, and to nobody else', async () => {
    expect(await column('/certificates?personal=true', 'validUntil', 'payer-uo')).toEqual(['2032-05-19', '2032-05-19']);
    expect(await column('/providers?personal=true', 'name', 'payer-uo')).toContain('ИП Петрова');
    expect(await column('/providers?personal=true', 'name', 'provider-cdt')).toEqual(['ЦДТ']);
    const refused = [
      ['/certificates?personal=true', 'provider-cdt'],
      ['/certificates/0000000001?personal=true', 'provider-cdt'],
      ['/certificates?personal=true', 'auditor-uo'],
      ['/providers?personal=true', 'auditor-uo'],
      ['/providers/cdt?personal=true', 'auditor-uo'],
    ] as const;
    for (const [url, as] of refused) {
      expect((await town.get(url, { as })).json(), `${url} ${as}`).toMatchObject({
        status: 403,
        code: 'access.denied',
      });
    }
  });
});

describe('an ETag', () => {
  const urls = [
    ...['/certificates/0000000003', '/certificates/0000000003/balance', '/certificates/0000000003/explanation'],
    ...['/contracts/c-2', '/payers/dp', '/payers/dp/periods/2026', '/payers/dp/groups/funded', '/providers/kub'],
    ...['/programmes/robots', '/invoices/kub-2026-0001'],
  ];

  test.each(urls)('of %s saves sending it again', async (url) => {
    const { etag = '' } = (await town.get(url)).headers;
    expect(etag).toMatch(/^"\d+"$/);
    for (const known of [etag, `W/${etag}`, `"none", ${etag}`, '*']) {
      const again = await town.get(url, { headers: { 'if-none-match': known } });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    }
    expect((await town.get(url, { headers: { 'if-none-match': '"none"' } })).statusCode).toBe(200);
    const foreign = await town.get(url, { as: 'auditor-uo', headers: { 'if-none-match': etag } });
    if (!/^\/(providers|programmes)/.test(url)) expect(foreign.statusCode).toBe(404);
  });

  test('changes with its stream, and is what If-Match compares', async () => {
    const url = '/certificates/0000000004/balance';
    const { etag = '' } = (await town.get(url)).headers;
    const freeze = { from: '2026-03-20', reason: 'illness' };
    const headers = { 'if-match': etag };
    expect((await town.post('/certificates/0000000004/freezes', freeze, { headers })).statusCode).toBe(200);
    const changed = await town.get(url, { headers: { 'if-none-match': etag } });
    expect([changed.statusCode, changed.json().frozen]).toEqual([200, true]);
    const late = await town.post('/certificates/0000000004/unfreezes', { on: '2026-03-25' }, { headers });
    expect(late.statusCode).toBe(412);
  });

  test('of an agreement does not stand for what is in use of its limit', async () => {
    const { etag = '' } = (await town.get('/agreements/a-2')).headers;
    expect((await town.get('/agreements/a-2', { headers: { 'if-none-match': etag } })).statusCode).toBe(200);
  });
});

describe('a question after the answer to a command', () => {
  test('sees what the command did, however many are on their way', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `new-${index}`);
    const answers = ids.map(async (certificateId) => {
      await issue(certificateId);
      const read = await town.get(`/certificates/${certificateId}`, { as: 'payer-dp' });
      const listed = await column(`/certificates?holder=h-${certificateId}`, 'certificateId');
      await town.post(`/certificates/${certificateId}/top-ups`, { periodId: '2026' });
      const { periods } = (await town.get(`/certificates/${certificateId}/balance`)).json();
      return [read.statusCode, listed, periods[0]?.available];
    });
    expect(await Promise.all(answers)).toEqual(ids.map((id) => [200, [id], '12000.00']));
  });
});

describe('an invoice', () => {
  test('is listed whole, and shown with the events of each line', async () => {
    const { items } = await page('/invoices?month=2026-02&provider=cdt');
    const shown = (await town.get('/invoices/cdt-2026-0001')).json();
    expect(items).toEqual([shown]);
    const { lines } = (await town.get('/invoices/cdt-2026-0001?events=true', { as: 'provider-cdt' })).json();
    // 6000.00 for 36 lessons: 166.67, then 166.66 so that two of them are 333.33.
    const amounts = lines.map(({ events }: { events: { amount: string }[] }) => events.map(({ amount }) => amount));
    expect(amounts).toEqual([['166.67', '166.66']]);
  });

  test('tells those it is between why it was rejected', async () => {
    const rejection = { on: '2026-03-09', reason: 'the details have changed' };
    expect((await town.post('/invoices/kub-2026-0001/rejection', rejection, { as: 'payer-dp' })).statusCode).toBe(200);
    const told = { status: 'rejected', reason: 'the details have changed' };
    expect((await town.get('/invoices/kub-2026-0001', { as: 'provider-kub' })).json()).toMatchObject(told);
    expect((await page('/invoices?status=rejected', 'provider-kub')).items).toMatchObject([told]);
    const status = (await town.get('/invoices/status?month=2026-02', { as: 'provider-kub' })).json();
    expect(status.pairs).toMatchObject([
      { payerId: 'dp', status: 'late' },
      { payerId: 'uo', status: 'invoiced' },
    ]);
    expect(status.waiting).toMatchObject([{ why: 'invoiceRejected', number: 'kub-2026-0001' }]);
  });
});
