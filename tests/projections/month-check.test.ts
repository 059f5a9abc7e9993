import { describe, expect, test } from 'vitest';
import { CLERK, findings, monthWorld, opened } from '../support/month-world.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, lesson } from '../support/nodes/school-world.ts';

/** 24 lessons over the 122 days of September to December: round(24 × 30 / 122 = 5.90) = 6 are planned in September. */
const autumn = (contractId: string, certificateId: string, given: Record<string, unknown> = {}) =>
  block(contractId, certificateId, { until: '2020-12-31', lessons: 24, ...given });
const record = (lessonId: string, contractId: string, status: string, date = '2020-09-07'): Body => ({
  command: 'recordLesson',
  lessonId,
  date,
  attendance: [{ contractId, status }],
});
const freeze = (certificateId: string, from: string, until?: string): Body => ({
  command: 'freezeCertificate',
  certificateId,
  from,
  ...(until === undefined ? {} : { until }),
  reason: 'болезнь',
});
const issue = (month: string, on: string): Body => ({ command: 'issueInvoices', month, on });

async function world(...bodies: readonly Body[]) {
  return opened(await monthWorld(), CLERK, ...bodies);
}

describe('planned lessons without attendance', () => {
  test('block the month, each contract with its plan; per provider, recorded of planned', async () => {
    const ledger = await world(
      autumn('k1', '01'),
      autumn('k2', '02'),
      autumn('k3', '03', { providerId: 'school' }),
      ...['2020-09-02', '2020-09-09'].map((date) => lesson(`l${date}`, date, 'k2')),
      ...['01', '03', '07', '10', '14', '17', '21'].map((day) => lesson(`s${day}`, `2020-09-${day}`, 'k3')),
    );
    const check = await ledger.invoicesCheck('2020-09');
    expect(check).toMatchObject({ on: '2020-10-01', invoicedFrom: '2020-10-01', deadline: '2020-10-02' });
    expect(check).toMatchObject({ blocking: 1, advice: 1 });
    expect(check.findings[0]).toEqual({
      kind: 'attendanceMissing',
      severity: 'blocking',
      stream: 'certificate-01',
      date: '2020-09-30',
      message: expect.stringContaining('0 of 6 lessons planned in 2020-09'),
      whatToDo: expect.stringContaining('recordLesson'),
      payerId: 'uo',
      providerId: 'club',
      certificateId: '01',
      contractId: 'k1',
      figures: { planned: 6, recorded: 0 },
    });
    // The school recorded seven of six; the seventh makes up for nobody else's.
    const pair = { payerId: 'uo', contracts: 1, planned: 6, recorded: 6, contractsWithoutAttendance: 0 };
    expect(check.attendance).toEqual([
      { ...pair, providerId: 'club', contracts: 2, planned: 12, recorded: 2, contractsWithoutAttendance: 1 },
      { ...pair, providerId: 'school' },
    ]);
    expect(check.findings[1]).toMatchObject({
      kind: 'attendanceIncomplete',
      severity: 'advice',
      stream: 'provider-club',
      date: '2020-09-30',
      figures: { contracts: 2, planned: 12, recorded: 2, contractsWithoutAttendance: 1 },
    });
  });

  test.each(['attended', 'excused', 'cancelled'])('are there once one lesson is recorded as %s', async (status) => {
    const ledger = await world(autumn('k1', '01'), record('l1', 'k1', status));
    expect(await findings(ledger, 'attendanceMissing')).toEqual([]);
    expect((await findings(ledger, 'attendanceIncomplete'))[0]?.figures).toMatchObject({ planned: 6, recorded: 1 });
  });

  test('of one contract are not made up for by what another has beyond its plan, charged or not', async () => {
    const days = ['02', '04', '07', '09', '11', '14', '16', '18'];
    const ledger = await world(
      autumn('k1', '01'),
      autumn('k2', '02'),
      ...days.map((day) => record(`l${day}`, 'k1', 'excused', `2020-09-${day}`)),
    );
    expect((await ledger.invoicesCheck('2020-09')).attendance).toMatchObject([{ planned: 12, recorded: 6 }]);
  });

  test('a reversed lesson is void, one that a freeze took back or a correction changed is recorded all the same', async () => {
    const ledger = await world(
      ...['01', '02', '03'].flatMap((id) => [autumn(`k${id}`, id), record(`l${id}`, `k${id}`, 'attended')]),
      { command: 'reverseLesson', lessonId: 'l01', contractId: 'k01', reason: 'ошибка', on: '2020-09-20' },
      freeze('02', '2020-09-07', '2020-09-08'),
      {
        command: 'correctAttendance',
        lessonId: 'l03',
        contractId: 'k03',
        status: 'excused',
        reason: 'ошибка',
        on: '2020-09-20',
      },
    );
    expect((await findings(ledger, 'attendanceMissing')).map(({ contractId }) => contractId)).toEqual(['k01']);
    expect((await findings(ledger, 'attendanceIncomplete'))[0]?.figures).toMatchObject({ planned: 18, recorded: 2 });
  });

  test('nothing is planned where all days are frozen, after the end, before the beginning, or ahead of the day asked for', async () => {
    const ledger = await world(
      autumn('k1', '01'),
      freeze('01', '2020-08-01', '2020-09-15'),
      freeze('01', '2020-09-15'),
      autumn('k2', '02', { from: '2020-10-01' }),
      autumn('k3', '03'),
      // Ten of 122 days: round(24 × 10 / 122 = 1.97) = 2.
      {
        command: 'terminateContract',
        contractId: 'k3',
        noticeOn: '2020-09-05',
        effectiveOn: '2020-09-10',
        initiator: 'parent',
        reason: 'переезд',
      },
    );
    const [missing, ...others] = await findings(ledger, 'attendanceMissing');
    expect(missing).toMatchObject({ contractId: 'k3', date: '2020-09-10', figures: { planned: 2 } });
    expect(others).toEqual([]);
    // round(24 × 5 / 122 = 0.98) = 1 up to the fifth.
    const early = await ledger.invoicesCheck('2020-09', { on: '2020-09-05' });
    expect(early.findings[0]).toMatchObject({ contractId: 'k3', date: '2020-09-05', figures: { planned: 1 } });
  });

  test('a freeze with a gap of one day leaves that day to be taught', async () => {
    const ledger = await world(
      autumn('k1', '01'),
      freeze('01', '2020-08-01', '2020-09-15'),
      freeze('01', '2020-09-16', '2020-11-01'),
    );
    expect(await findings(ledger, 'attendanceMissing')).toHaveLength(1);
  });
});

describe('attendance refused and not sent again', () => {
  test('blocks its month until it is recorded, and is told to later months', async () => {
    const ledger = await world(lesson('l1', '2020-09-14', 'k1'), autumn('k1', '01'), record('l2', 'k1', 'attended'));
    expect(await findings(ledger, 'attendanceRefused')).toEqual([
      {
        kind: 'attendanceRefused',
        severity: 'blocking',
        stream: `command-${CLERK}-0`,
        date: '2020-09-14',
        message: expect.stringContaining('l1'),
        whatToDo: expect.stringContaining('recordLesson'),
        payerId: 'uo',
        providerId: 'club',
        certificateId: '01',
        contractId: 'k1',
        lessonId: 'l1',
        figures: { code: 'contract.not_found' },
      },
    ]);
    expect(await findings(ledger, 'attendanceRefused', '2020-10')).toMatchObject([{ severity: 'advice' }]);
    expect(await findings(ledger, 'attendanceRefused', '2020-08')).toEqual([]);
    await ledger.executeUnknown({ ...lesson('l1', '2020-09-14', 'k1'), id: 'again' });
    expect(await findings(ledger, 'attendanceRefused')).toEqual([]);
  });
});

describe('a rejected invoice', () => {
  const number = 'club-2020-0001';
  const reject: Body = { command: 'rejectInvoice', number, on: '2020-10-01', reason: 'нет журнала' };
  const rejected = () =>
    world(autumn('k1', '01'), record('l1', 'k1', 'attended'), issue('2020-09', '2020-10-01'), reject);

  test('blocks its month and later ones until it is issued again', async () => {
    const ledger = await rejected();
    // 100.00 / 24 = 4.1666…, so the first lesson is 4.17.
    const finding = {
      severity: 'blocking',
      stream: 'invoices-uo/club',
      date: '2020-10-01',
      number,
      figures: { month: '2020-09', due: '4.17' },
    };
    expect(await findings(ledger, 'invoiceRejected')).toMatchObject([finding]);
    expect(await findings(ledger, 'invoiceRejected', '2020-10')).toMatchObject([finding]);
    await ledger.executeUnknown({ ...issue('2020-09', '2020-10-01'), id: 'again' });
    expect(await findings(ledger, 'invoiceRejected')).toEqual([]);
  });

  test('with nothing left to bill needs no other', async () => {
    const ledger = await rejected();
    const reverse = { command: 'reverseLesson', lessonId: 'l1', contractId: 'k1', reason: 'ошибка', on: '2020-10-01' };
    await ledger.executeUnknown({ ...reverse, id: 'reverse' });
    expect(await findings(ledger, 'invoiceRejected')).toEqual([]);
  });

  test('that was annulled instead is no rejection', async () => {
    const ledger = await world(autumn('k1', '01'), record('l1', 'k1', 'attended'), issue('2020-09', '2020-10-01'), {
      ...reject,
      command: 'annulInvoice',
    });
    expect(await findings(ledger, 'invoiceRejected')).toEqual([]);
  });
});

describe('bank details', () => {
  test('that are missing or of another form block the month of who is paid or pays', async () => {
    const store = await monthWorld();
    const bank = { bik: '46850649', account: '407038100000000000011', name: 'Банк' };
    const ledger = await opened(
      store,
      CLERK,
      autumn('k1', '01'),
      record('l1', 'k1', 'attended'),
      { command: 'changeProviderDetails', providerId: 'club', on: '2020-09-02', inn: '123', bank },
      { command: 'changePayerDetails', payerId: 'uo', on: '2020-09-02', kpp: '1' },
      { command: 'changeProviderDetails', providerId: 'school', on: '2020-09-02', inn: '1' },
    );
    const head = { severity: 'blocking', date: '2020-10-01' };
    expect(await findings(ledger, 'bankDetailsMissing')).toMatchObject([
      {
        ...head,
        stream: 'provider-club',
        providerId: 'club',
        figures: { fields: ['inn', 'bank.bik', 'bank.account'] },
      },
      { ...head, stream: 'payer-uo', payerId: 'uo', figures: { fields: ['kpp'] } },
    ]);
  });

  test('that are there block nothing, and nobody asks for those of a provider without contracts', async () => {
    const ledger = await world(autumn('k1', '01'), record('l1', 'k1', 'attended'));
    await ledger.executeUnknown({
      command: 'registerProvider',
      id: 'p',
      providerId: 'new',
      name: 'Н',
      legalForm: 'organisation',
    });
    expect(await findings(ledger, 'bankDetailsMissing')).toEqual([]);
  });
});
