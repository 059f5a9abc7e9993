import { beforeAll, describe, expect, test } from 'vitest';
import { closePeriod } from '../../api/cli/calls/period.ts';
import type { Ledger } from '../../src/index.ts';
import type { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { CLERK, monthWorld, opened } from '../support/month-world.ts';
import { copyOf } from '../support/nodes/node.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, lesson } from '../support/nodes/school-world.ts';
import { runCall } from '../support/run-call.ts';

/**
 * Three certificates of 1 000.00. On the first a course of 100.00 in four lessons with one charged (25.00), on the second
 * one of eight in September with eight recorded, five charged (62.50), on the third one of one lesson, charged to the last
 * kopeck. Septembers' invoices are out: the club's accepted, the school's rejected.
 */
let world: MemoryEventStore;

beforeAll(async () => {
  world = await monthWorld();
  const excused = (lessonId: string): Body => ({
    ...{ command: 'recordLesson', lessonId, date: '2020-09-20' },
    attendance: [{ contractId: 'k2', status: 'excused' }],
  });
  await opened(
    world,
    CLERK,
    block('k1', '01'),
    block('k2', '02', { until: '2020-09-30', lessons: 8, providerId: 'school' }),
    block('k3', '03', { lessons: 1 }),
    lesson('l1', '2020-09-02', 'k1', 'k3'),
    ...['01', '02', '03', '04', '07'].map((day) => lesson(`s${day}`, `2020-09-${day}`, 'k2')),
    ...['e1', 'e2', 'e3'].map(excused),
    { command: 'issueInvoices', month: '2020-09', on: '2020-10-01' },
    { command: 'acceptInvoice', number: 'club-2020-0001', on: '2020-10-01' },
    { command: 'rejectInvoice', number: 'school-2020-0001', on: '2020-10-01', reason: 'нет журнала' },
    lesson('l9', '2020-10-01', 'k2'),
  );
});

const january = async () => opened(await copyOf(world), '2021-01-10T09:00:00Z');
const options = { payer: 'uo', period: '2020', on: '2021-01-10' } as const;
const stateOf = async (ledger: Ledger) => {
  const { events, digest } = await ledger.verify();
  return { events, digest };
};

describe('before a period is closed', () => {
  test('the report says what expires, what is released, what is open and what would be lost', async () => {
    const report = await (await january()).periodClosing('uo', '2020', { on: '2021-01-10' });
    // Blocked are 75.00 of k1, 37.50 of k2 and nothing of k3; available 3 × 900.00.
    expect(report).toEqual({
      payerId: 'uo',
      periodId: '2020',
      from: '2020-06-01',
      until: '2020-12-31',
      on: '2021-01-10',
      groups: [
        {
          groupId: 'fund',
          certificates: 3,
          nominal: '3000.00',
          charged: '187.50',
          available: '2700.00',
          blocked: '112.50',
          expires: '2812.50',
        },
      ],
      certificates: 3,
      released: '112.50',
      expires: '2812.50',
      contracts: [
        {
          contractId: 'k1',
          certificateId: '01',
          groupId: 'fund',
          providerId: 'club',
          number: 'n-k1',
          until: '2020-12-20',
          amount: '75.00',
        },
        {
          contractId: 'k2',
          certificateId: '02',
          groupId: 'fund',
          providerId: 'school',
          number: 'n-k2',
          until: '2020-09-30',
          amount: '37.50',
        },
        {
          contractId: 'k3',
          certificateId: '03',
          groupId: 'fund',
          providerId: 'club',
          number: 'n-k3',
          until: '2020-12-20',
          amount: '0.00',
        },
      ],
      openInvoices: [
        { number: 'club-2020-0001', providerId: 'club', month: '2020-09', status: 'accepted', due: '125.00' },
      ],
      notInvoiced: [{ providerId: 'school', month: '2020-09', lessons: 5, amount: '62.50' }],
      attendanceMissing: [{ contractId: 'k1', certificateId: '01', providerId: 'club', planned: 4, recorded: 1 }],
      attendanceRefused: [
        { contractId: 'k2', providerId: 'school', lessonId: 'l9', date: '2020-10-01', code: 'contract.outside_term' },
      ],
    });
  });

  test('it can be asked for in December, and says that closing would be refused', async () => {
    const ledger = await opened(await copyOf(world), '2020-12-25T09:00:00Z');
    // Half of the days are over on the 26th of October: round(4 × 56 / 111 = 2.02) = 2 lessons; all of them on the 25th.
    const report = await ledger.periodClosing('uo', '2020');
    expect(report).toMatchObject({ on: '2020-12-25', refusal: { code: 'period.not_over' }, expires: '2812.50' });
    const earlier = await ledger.periodClosing('uo', '2020', { on: '2020-10-26' });
    expect(earlier.attendanceMissing).toMatchObject([{ planned: 2, recorded: 1 }]);
    const { exitCode, text } = await runCall(closePeriod, ledger, { ...options, on: '2020-12-25', 'dry-run': true });
    expect(exitCode).toBe(1);
    expect(text).toContain('period.not_over');
  });

  test('an unknown payer or period is refused, and so is a day that is none', async () => {
    const ledger = await january();
    await expect(ledger.periodClosing('x', '2020')).rejects.toMatchObject({ code: 'payer.not_found' });
    await expect(ledger.periodClosing('uo', '1999')).rejects.toMatchObject({ code: 'period.not_found' });
    await expect(ledger.periodClosing('uo', '2020', { on: 'soon' })).rejects.toMatchObject({ code: 'query.invalid' });
    await expect(runCall(closePeriod, ledger, { payer: 'uo' })).rejects.toMatchObject({ code: 'query.invalid' });
  });
});

describe('period close', () => {
  test('with --dry-run changes nothing, and what it tells is what the close then does', async () => {
    const ledger = await january();
    const before = await stateOf(ledger);
    const dry = await runCall(closePeriod, ledger, { ...options, 'dry-run': true, json: true });
    expect(dry.exitCode).toBe(0);
    expect(await stateOf(ledger)).toEqual(before);
    const [told] = dry.json();
    expect(told).toMatchObject({ dryRun: true, certificates: 3, released: '112.50', expires: '2812.50' });

    const closed = await runCall(closePeriod, ledger, { ...options, json: true });
    expect(closed.exitCode).toBe(0);
    const { dryRun: _, ...report } = told ?? {};
    expect(closed.json()).toEqual([
      {
        ...report,
        dryRun: false,
        replayed: false,
        eventCounts: { FundingPeriodClosed: 1, BlockReleased: 3, PeriodClosed: 3 },
      },
    ]);
    const done = { released: 0, expired: 0 };
    for await (const { type, data } of ledger.events()) {
      if (type === 'BlockReleased') done.released += kopecks(data.amount);
      if (type === 'PeriodClosed') done.expired += kopecks(data.amount);
    }
    expect(done).toEqual({ released: kopecks(told?.released), expired: kopecks(told?.expires) });
    expect(await ledger.verify()).toMatchObject({ ok: true });
  });

  test('prints the report first, then what was done; a second close is refused, the same one answered again', async () => {
    const ledger = await january();
    const { text } = await runCall(closePeriod, ledger, { ...options, id: 'year-end' });
    expect(text.indexOf('3 contracts release 112.50, 3 certificates let 2812.50 expire')).toBeGreaterThan(0);
    expect(text.indexOf('3 blocks released, 3 certificates expired')).toBeGreaterThan(
      text.indexOf('Invoices not paid (1)'),
    );
    const again = await runCall(closePeriod, ledger, { ...options, id: 'year-end' });
    expect(again).toMatchObject({ exitCode: 0, text: expect.stringContaining('is closed before') });
    await expect(runCall(closePeriod, ledger, options)).rejects.toMatchObject({ code: 'period.not_open' });
    const report = await ledger.periodClosing('uo', '2020');
    expect(report).toMatchObject({ refusal: { code: 'period.not_open' }, contracts: [], expires: '0.00' });
  });

  test('opens the ledger for reading alone only when it is dry', () => {
    const reads = closePeriod.reads as (asked: object) => boolean;
    expect([reads({ 'dry-run': true }), reads({})]).toEqual([true, false]);
  });
});

function kopecks(amount: unknown): number {
  return Number(String(amount).replace('.', ''));
}
