import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Rows } from '../../../api/http/access/rows.ts';
import { exampleOf, requestFor } from '../support/command-request.ts';
import type { Sender, Town } from '../support/open-town.ts';
import { openTown } from '../support/open-town.ts';

let town: Town;

beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

function lesson(lessonId: string, ...contractIds: readonly string[]) {
  return {
    lessonId,
    date: '2026-03-05',
    attendance: contractIds.map((contractId) => ({ contractId, status: 'attended' })),
  };
}

/** Gives the example of blockCourse with other values; the payer of 0000000002 is uo, that of 0000000004 is dp. */
function block(as: Sender, fields: Readonly<Record<string, unknown>>) {
  const { url, body } = requestFor('blockCourse', { ...exampleOf('blockCourse'), coPayment: true, ...fields });
  return town.post(url, body, { as });
}

describe('when a provider records a lesson', () => {
  test('a contract blocked a moment ago is its own', async () => {
    const blocked = await block('provider-cdt', { contractId: 'new', number: 'new', certificateId: '0000000002' });
    expect(blocked.statusCode).toBe(200);
    const recorded = await town.post('/lessons', lesson('l-1', 'new'), { as: 'provider-cdt' });
    expect(recorded.json().outcome.results).toMatchObject([{ contractId: 'new', result: 'charged' }]);
  });

  test("another's contract refuses the whole lesson and names the entry", async () => {
    const before = (await town.ledger.status()).events;
    const answer = await town.post('/lessons', lesson('l-2', 'c-1', 'c-2'), { as: 'provider-cdt' });
    expect(answer.json()).toMatchObject({ status: 403, code: 'access.denied' });
    expect(answer.json().detail).toContain('attendance.1.contractId');
    expect((await town.ledger.status()).events).toBe(before);
  });

  test('a contract that is not there refuses its entry alone', async () => {
    const answer = await town.post('/lessons', lesson('l-3', 'nowhere', 'c-1'), { as: 'provider-cdt' });
    expect(answer.json().outcome.results).toMatchObject([
      { contractId: 'nowhere', result: 'refused', error: { code: 'contract.not_found' } },
      { contractId: 'c-1', result: 'charged' },
    ]);
  });

  test('a list that is too long, or none, is refused before anybody is looked up', async () => {
    const asked = vi.spyOn(town.ledger, 'ownerOf');
    const many = Array.from({ length: 1001 }, (_, index) => `n-${index}`);
    const bodies = [lesson('l-4', ...many), { lessonId: 'l-4', date: '2026-03-05' }];
    for (const body of bodies) {
      const answer = await town.post('/lessons', body, { as: 'provider-cdt' });
      expect(answer.json()).toMatchObject({ status: 400, code: 'command.invalid' });
      expect(answer.json().detail).toMatch(/^attendance:/);
    }
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });
});

describe('when a provider blocks a course', () => {
  // The last day of validity tells a birth date; whoever has no agreement with the payer must not find it out.
  test.each([
    ['with its own agreement of another payer', { agreementId: 'a-1' }],
    ["with another's agreement of that payer", { agreementId: 'a-2' }],
    ['in the name of the other provider', { agreementId: 'a-2', providerId: 'kub' }],
  ])('on a certificate it has no agreement for, %s, it is refused', async (_, fields) => {
    const course = { contractId: 'probe', number: 'probe', certificateId: '0000000004', until: '2026-12-31' };
    const answer = await block('provider-cdt', { ...course, ...fields });
    expect(answer.json()).toMatchObject({ status: 403, code: 'access.denied' });
  });
});

describe("what is somebody else's in a body", () => {
  test.each([
    ['payer-uo', '/invoices', { month: '2026-02', on: '2026-03-02', payerId: 'dp' }, 'payerId'],
    ['payer-uo', '/invoices', { month: '2026-02', on: '2026-03-02' }, 'payerId'],
    ['provider-cdt', '/invoices', { month: '2026-02', on: '2026-03-02', payerId: 'uo' }, 'providerId'],
    ['provider-cdt', '/advances', { month: '2026-03', on: '2026-03-03', percent: 80, providerId: 'kub' }, 'providerId'],
    ['payer-uo', '/advances', { month: '2026-03', on: '2026-03-03', percent: 80, providerId: 'cdt' }, 'payerId'],
  ] as const)('%s to %s with %j is denied by its %s', async (as, url, body, field) => {
    const answer = await town.post(url, body, { as });
    expect(answer.json()).toMatchObject({ status: 403, code: 'access.denied' });
    expect(answer.json().detail).toMatch(new RegExp(`^${field}:`));
  });

  test('a denial does not tell whose it is', async () => {
    const answer = await town.post('/certificates/0000000003/top-ups', { periodId: '2026' }, { as: 'payer-uo' });
    expect(answer.statusCode).toBe(403);
    expect(answer.body).not.toContain('dp');
  });

  test('what is not there is not found, what is missing is named', async () => {
    const unknown = await town.post('/certificates/9/top-ups', { periodId: '2026' }, { as: 'payer-uo' });
    expect(unknown.json()).toMatchObject({ status: 404, code: 'certificate.not_found' });
    const wrong = await town.post('/certificates/9/top-ups', { periodId: 7 }, { as: 'payer-uo' });
    expect(wrong.json()).toMatchObject({ status: 400, code: 'command.invalid' });
    const missing = await town.post('/commands', { command: 'topUpNominal', periodId: '2026' }, { as: 'payer-uo' });
    expect(missing.json()).toMatchObject({ status: 400, code: 'command.invalid' });
    expect(missing.json().detail).toContain('certificateId');
  });

  test('what is no command is told so to whoever may give any', async () => {
    for (const as of ['operator', 'payer-uo', 'provider-cdt'] as const) {
      for (const command of [{ command: 'eraseEverything' }, { command: 'toString' }, { command: 7 }, {}]) {
        const answer = await town.post('/commands', command, { as });
        expect(answer.json()).toMatchObject({ status: 400, code: 'command.invalid' });
      }
    }
  });
});

test('an owner is asked for once, what is not there every time', async () => {
  const rows = new Rows(town.ledger);
  const asked = vi.spyOn(town.ledger, 'ownerOf');
  for (let time = 0; time < 3; time += 1) {
    expect(await rows.ownerOf('contract', 'c-1')).toEqual({
      payerId: 'uo',
      providerId: 'cdt',
      certificateId: '0000000001',
    });
    expect(await rows.ownerOf('invoice', 'kub-2026-0001')).toEqual({ payerId: 'dp', providerId: 'kub' });
    expect(await rows.ownerOf('programme', 'chess')).toEqual({ providerId: 'cdt' });
    expect(await rows.ownerOf('agreement', 'a-3')).toEqual({ payerId: 'uo', providerId: 'kub' });
    expect(await rows.ownerOf('certificate', 'nowhere')).toBeUndefined();
  }
  expect(asked.mock.calls.map(([kind]) => kind)).toEqual([
    ...['contract', 'invoice', 'programme', 'agreement'],
    ...['certificate', 'certificate', 'certificate'],
  ]);
  asked.mockRestore();
});
