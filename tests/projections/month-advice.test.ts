import { describe, expect, test } from 'vitest';
import { CLERK, findings, monthWorld, opened } from '../support/month-world.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, lesson } from '../support/nodes/school-world.ts';

/** Eight lessons, 100.00, in September alone: 12.50 each. */
const september = block('k1', '01', { until: '2020-09-30', lessons: 8 });
const issue = (month: string, on: string): Body => ({ command: 'issueInvoices', month, on });

async function world(...bodies: readonly Body[]) {
  return opened(await monthWorld(), CLERK, ...bodies);
}

describe('what came after the invoice', () => {
  test('is told per contract and month, with the lesson that came last', async () => {
    const ledger = await world(september, lesson('l1', '2020-09-02', 'k1'), issue('2020-09', '2020-10-01'));
    expect(await findings(ledger, 'recordedAfterInvoice')).toEqual([]);
    for (const [id, date] of [
      ['l2', '2020-09-21'],
      ['l3', '2020-09-09'],
    ] as const) {
      await ledger.executeUnknown({ ...lesson(id, date, 'k1'), id });
    }
    expect(await findings(ledger, 'recordedAfterInvoice')).toMatchObject([
      {
        severity: 'advice',
        stream: 'certificate-01',
        date: '2020-09-09',
        contractId: 'k1',
        number: 'club-2020-0001',
        figures: { month: '2020-09', lessons: 2, amount: '25.00' },
      },
    ]);
  });
});

describe('a carried amount', () => {
  test('waits while there is nothing to set it off against', async () => {
    const store = await monthWorld();
    await opened(store, CLERK, september, lesson('l1', '2020-09-02', 'k1'), issue('2020-09', '2020-10-01'));
    const ledger = await opened(
      store,
      '2020-12-01T09:00:00Z',
      { command: 'reverseLesson', lessonId: 'l1', contractId: 'k1', reason: 'ошибка', on: '2020-11-01' },
      issue('2020-10', '2020-11-02'),
    );
    expect(await findings(ledger, 'carriedInWaits', '2020-10')).toEqual([]);
    expect(await findings(ledger, 'carriedInWaits', '2020-11')).toMatchObject([
      {
        severity: 'advice',
        stream: 'invoices-uo/club',
        date: '2020-11-02',
        number: 'club-2020-0002',
        figures: { amount: '-12.50' },
      },
    ]);
    const taught = block('k2', '02', { date: '2020-10-30', from: '2020-11-01', lessons: 8 });
    for (const [id, body] of [taught, lesson('l2', '2020-11-09', 'k2')].entries()) {
      await ledger.executeUnknown({ ...body, id: `later-${id}` });
    }
    expect(await findings(ledger, 'carriedInWaits', '2020-11')).toEqual([]);
  });
});

describe('an ended contract', () => {
  test('with money still blocked is told from the day after, until the block is released', async () => {
    const ledger = await world(september, lesson('l1', '2020-09-02', 'k1'));
    expect(await findings(ledger, 'endedWithBlock')).toMatchObject([
      {
        severity: 'advice',
        stream: 'certificate-01',
        date: '2020-09-30',
        contractId: 'k1',
        figures: { blocked: '87.50' },
      },
    ]);
    const onItsLastDay = await ledger.invoicesCheck('2020-09', { on: '2020-09-30' });
    expect(onItsLastDay.findings.map(({ kind }) => kind)).not.toContain('endedWithBlock');
    await ledger.executeUnknown({ command: 'releaseBlock', id: 'r', contractId: 'k1', on: '2020-10-01' });
    expect(await findings(ledger, 'endedWithBlock')).toEqual([]);
  });

  test('that was terminated ends then; one charged to the last kopeck has nothing blocked', async () => {
    const end = { command: 'terminateContract', noticeOn: '2020-09-10', initiator: 'payer', reason: 'решение' };
    const single = block('k2', '02', { until: '2020-09-30', lessons: 1 });
    const ledger = await world(
      block('k1', '01'),
      { ...end, contractId: 'k1', effectiveOn: '2020-09-15' },
      single,
      lesson('l1', '2020-09-02', 'k2'),
    );
    expect(await findings(ledger, 'endedWithBlock')).toMatchObject([{ contractId: 'k1', date: '2020-09-15' }]);
  });
});

describe('a freeze', () => {
  const freeze = (certificateId: string, from: string, until?: string): Body => ({
    ...{ command: 'freezeCertificate', certificateId, from, reason: 'болезнь' },
    ...(until === undefined ? {} : { until }),
  });

  test('of more than 30 days is told, with and without an end; the 30th day is not more', async () => {
    const ledger = await world(
      freeze('01', '2020-08-31', '2020-12-01'),
      freeze('02', '2020-07-01'),
      freeze('03', '2020-09-01'),
    );
    expect(await findings(ledger, 'frozenLong')).toMatchObject([
      { severity: 'advice', stream: 'certificate-02', date: '2020-07-01', figures: { days: 92 } },
      { stream: 'certificate-01', date: '2020-08-31', figures: { days: 31, until: '2020-12-01' } },
    ]);
  });

  test('that has ended, or of a closed certificate, is not', async () => {
    const ledger = await world(
      freeze('01', '2020-08-01', '2020-10-01'),
      freeze('02', '2020-08-01'),
      { command: 'unfreezeCertificate', certificateId: '02', on: '2020-09-20' },
      freeze('03', '2020-08-01'),
      { command: 'closeCertificate', certificateId: '03', on: '2020-09-20', reason: 'moved' },
    );
    expect(await findings(ledger, 'frozenLong')).toEqual([]);
  });
});

describe('an agreement', () => {
  // A share of 100.00 is 90.0009 % of 111.11 and 89.99 % of 111.12.
  test.each([
    ['100.00', ['agreementAtLimit']],
    ['111.11', ['agreementNearLimit']],
    ['111.12', []],
  ])('with 100.00 in use of a limit of %s', async (agreement, kinds) => {
    const store = await monthWorld({ agreement });
    const ledger = await opened(store, CLERK, block('k1', '01'), lesson('l1', '2020-09-02', 'k1'));
    const { findings: all } = await ledger.invoicesCheck('2020-09');
    const limits = all.filter(({ agreementId }) => agreementId !== undefined);
    expect(limits.map(({ kind }) => kind)).toEqual(kinds);
    for (const finding of limits) {
      expect(finding).toMatchObject({
        severity: 'advice',
        stream: 'agreement-club-uo',
        date: '2020-10-01',
        figures: { inUse: '100.00', totalLimit: agreement },
      });
    }
  });

  test.each([
    ['2020-09-15', -16],
    ['2020-10-01', 0],
    ['2020-10-31', 30],
    ['2020-11-01', undefined],
  ])('that ends on %s is told in its month and within 30 days', async (until, days) => {
    const ledger = await world({ command: 'amendAgreement', agreementId: 'club-uo', on: '2020-09-01', until });
    const ending = await findings(ledger, 'agreementEnding');
    const finding = { severity: 'advice', stream: 'agreement-club-uo', date: until, figures: { days } };
    if (days === undefined) expect(ending).toEqual([]);
    else expect(ending).toMatchObject([finding]);
  });
});

describe('a certificate that reaches 18', () => {
  const issued = (birthDate: string): Body => ({
    ...{ command: 'issueCertificate', certificateId: '18', payerId: 'uo', groupId: 'fund', holderId: 'h18' },
    ...{ birthDate, issuedOn: '2020-01-10' },
  });

  test('in the month or within 30 days is told without its birth date, unless that is asked for', async () => {
    // The 18th birthday is 1 November, so the last day is 31 October, 30 days ahead.
    const ledger = await world(issued('2002-11-01'));
    const [finding, ...others] = await findings(ledger, 'comingOfAge');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'advice', stream: 'certificate-18', certificateId: '18' });
    expect(finding).not.toHaveProperty('date');
    expect(JSON.stringify(finding)).not.toContain('2020-10-31');
    const { findings: asked } = await ledger.invoicesCheck('2020-09', { personal: true });
    expect(asked).toMatchObject([{ kind: 'comingOfAge', date: '2020-10-31' }]);
  });

  test.each([
    ['2002-09-02', 1],
    ['2002-11-02', 0],
  ])('born on %s is told %i times', async (birthDate, times) => {
    expect(await findings(await world(issued(birthDate)), 'comingOfAge')).toHaveLength(times);
  });
});

describe('the check', () => {
  test('is of one payer and provider where they are named, and of nobody who is not there', async () => {
    const ledger = await world(block('k1', '01'), block('k2', '02', { providerId: 'school' }));
    const of = async (providerId: string) =>
      (await ledger.invoicesCheck('2020-09', { payerId: 'uo', providerId })).findings.map(({ stream }) => stream);
    expect(await of('club')).toEqual(['certificate-01', 'provider-club']);
    expect(await of('school')).toEqual(['certificate-02', 'provider-school']);
    await expect(ledger.invoicesCheck('2020-09', { providerId: 'none' })).rejects.toMatchObject({
      code: 'provider.not_found',
    });
    await expect(ledger.invoicesCheck('2020-09', { payerId: 'none' })).rejects.toMatchObject({
      code: 'payer.not_found',
    });
    await expect(ledger.invoicesCheck('2020-13')).rejects.toMatchObject({ code: 'query.invalid' });
  });

  test('of December stands from the 25th, with the lessons planned by then', async () => {
    const store = await monthWorld();
    // 31 lessons in 31 days: one a day, 25 of them by the 25th.
    const december = block('k1', '01', { date: '2020-11-30', from: '2020-12-01', until: '2020-12-31', lessons: 31 });
    const ledger = await opened(store, '2020-12-25T12:00:00Z', december, lesson('l1', '2020-12-01', 'k1'));
    const check = await ledger.invoicesCheck('2020-12');
    expect(check).toMatchObject({ on: '2020-12-25', invoicedFrom: '2020-12-25', deadline: '2021-01-02', blocking: 0 });
    expect(check.attendance).toMatchObject([{ planned: 25, recorded: 1 }]);
  });
});
