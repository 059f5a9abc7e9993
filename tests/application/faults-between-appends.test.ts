import { describe, expect, test } from 'vitest';
import type { Sent } from '../support/nodes/answers.ts';
import { goesOnAfterEveryFault, judgesRivalsRight, survivesEveryFault } from '../support/nodes/fault-trials.ts';
import type { Body, Limits } from '../support/nodes/school-world.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

interface Process {
  readonly title: string;
  readonly world: Limits;
  readonly command: Body;
  readonly next?: readonly Body[];
  readonly rival: Body;
  /** How many appends the command makes, each of which fails before and after it happens. */
  readonly appends: number;
}

const threeContracts = [block('k1', '01'), block('k2', '02'), block('k3', '03')];
const taughtInSummer = ['club', 'school'].flatMap((providerId) => [
  block(`${providerId}-1`, '01', { providerId, date: '2020-07-01', from: '2020-07-01' }),
  block(`${providerId}-2`, '02', { providerId, date: '2020-07-01', from: '2020-07-01' }),
  lesson(`${providerId}-l1`, '2020-07-20', `${providerId}-1`, `${providerId}-2`),
  lesson(`${providerId}-l2`, '2020-08-20', `${providerId}-1`, `${providerId}-2`),
]);

const processes: Process[] = [
  {
    title: 'a lesson of three contracts',
    world: { afterwards: threeContracts },
    command: lesson('l1', '2020-09-10', 'k1', 'k2', 'k3'),
    next: [lesson('l2', '2020-09-11', 'k3', 'k1')],
    rival: { command: 'freezeCertificate', certificateId: '02', from: '2020-09-08', reason: 'б' },
    appends: 5,
  },
  {
    title: 'the close of a period with three certificates',
    world: {
      afterwards: ['01', '02', '03'].map((certificateId) => ({
        command: 'topUpNominal',
        certificateId,
        periodId: 'spring',
        amount: '300',
      })),
    },
    command: { command: 'closePeriod', payerId: 'uo', periodId: 'spring', on: '2020-06-10' },
    next: [{ command: 'closePeriod', payerId: 'uo', periodId: 'spring', on: '2020-06-11' }],
    rival: {
      command: 'adjustNominal',
      certificateId: '03',
      periodId: 'spring',
      nominal: '7',
      on: '2020-05-01',
      reason: 'и',
    },
    appends: 7,
  },
  {
    title: 'the invoices of a month for two pairs',
    world: { afterwards: taughtInSummer },
    command: { command: 'issueInvoices', month: '2020-07', on: '2020-09-02' },
    next: [{ command: 'issueInvoices', month: '2020-08', on: '2020-09-02' }],
    rival: lesson('late', '2020-07-25', 'club-1', 'school-2'),
    appends: 6,
  },
  {
    title: 'the advances of a month for two pairs',
    world: { afterwards: taughtInSummer },
    command: { command: 'requestAdvance', month: '2020-07', on: '2020-07-10', percent: 80 },
    next: [{ command: 'issueInvoices', month: '2020-07', on: '2020-09-02' }],
    rival: { command: 'requestAdvance', month: '2020-07', on: '2020-07-11', percent: 40, providerId: 'school' },
    appends: 4,
  },
  {
    title: "a block at the agreement's limit",
    world: { agreement: '200.00', afterwards: [block('k0', '03')] },
    command: block('k1', '01', { number: '7' }),
    next: [block('k2', '02'), { command: 'releaseBlock', contractId: 'k0', on: '2020-09-20' }, block('k3', '02')],
    rival: block('k4', '02', { number: '7' }),
    appends: 4,
  },
  {
    title: 'a top-up for the last place of a group',
    world: { places: 2, toppedUp: ['01'] },
    command: { command: 'topUpNominal', certificateId: '02', periodId: '2020' },
    next: [block('k1', '02'), { command: 'topUpNominal', certificateId: '03', periodId: '2020' }],
    rival: { command: 'topUpNominal', certificateId: '03', periodId: '2020' },
    appends: 2,
  },
  {
    title: "an adjustment down and one up at the group's sum",
    world: { placesAmount: '3000.00' },
    command: {
      command: 'adjustNominal',
      certificateId: '01',
      periodId: '2020',
      nominal: '400',
      on: '2020-09-10',
      reason: 'и',
    },
    next: [
      {
        command: 'adjustNominal',
        certificateId: '02',
        periodId: '2020',
        nominal: '1600',
        on: '2020-09-10',
        reason: 'и',
      },
    ],
    rival: {
      command: 'adjustNominal',
      certificateId: '02',
      periodId: '2020',
      nominal: '1600',
      on: '2020-09-10',
      reason: 'и',
    },
    appends: 2,
  },
  {
    title: 'the closing of a certificate with two contracts of two agreements',
    world: {
      agreement: '100.00',
      afterwards: [
        block('k1', '01'),
        block('k2', '01', { providerId: 'school', moduleId: 'm2' }),
        lesson('l1', '2020-09-10', 'k1', 'k2'),
      ],
    },
    command: { command: 'closeCertificate', certificateId: '01', on: '2020-09-08', reason: 'moved' },
    next: [block('k3', '02'), block('k4', '02', { providerId: 'school', moduleId: 'm2' }), block('k5', '03')],
    rival: block('k6', '03'),
    appends: 3,
  },
  {
    title: 'a freeze that reverses the charge of a released block',
    world: {
      agreement: '100.00',
      afterwards: [
        block('k1', '01', { date: '2020-07-01', from: '2020-07-01', until: '2020-08-31' }),
        lesson('l1', '2020-07-10', 'k1'),
        lesson('l2', '2020-07-20', 'k1'),
        { command: 'releaseBlock', contractId: 'k1', on: '2020-09-05' },
      ],
    },
    command: {
      command: 'freezeCertificate',
      certificateId: '01',
      from: '2020-07-05',
      until: '2020-07-15',
      reason: 'б',
    },
    // 25.00 of the agreement stay charged, so that 75.00 and no more are free again.
    next: [
      block('k2', '02', { price: '76.00' }),
      block('k3', '02', { price: '75.00' }),
      block('k4', '03', { price: '1.00' }),
    ],
    rival: block('k5', '03', { price: '75.00' }),
    appends: 2,
  },
];

function numbered(bodies: readonly Body[]): Sent[] {
  return bodies.map((body, index) => ({ ...body, id: `next-${index}` }));
}

describe.each(processes)('when an append of $title fails', ({ world, command, next = [], rival, appends }) => {
  const trial = { command: { ...command, id: 'disturbed' }, next: numbered(next), rival: { ...rival, id: 'rival' } };

  test('it ends as if nothing had happened, after the ledger was opened again', async () => {
    expect(await survivesEveryFault(await schoolWorld(world), trial)).toBe(2 * appends);
  });

  test('it ends so too without being opened again', async () => {
    expect(await goesOnAfterEveryFault(await schoolWorld(world), trial)).toBe(2 * appends);
  });

  test('others are judged by what it has done, not by what it had only begun', async () => {
    expect(await judgesRivalsRight(await schoolWorld(world), trial)).toBe(2 * appends);
  });
});

describe('when an append of an invoice with very many lines fails', () => {
  /** Ids as long as they may be, so that a few dozen lines need several events. */
  const long = (id: string) => id.padEnd(200, '€');
  const children = Array.from({ length: 30 }, (_, index) => long(`child-${index}`));
  const contracts = children.flatMap((child, index) =>
    ['m1', 'm2', 'm3'].map((moduleId) => ({ child, moduleId, contractId: long(`k-${index}-${moduleId}`) })),
  );
  const months = ['06', '07', '08'].map((month) =>
    lesson(`l-${month}`, `2020-${month}-10`, ...contracts.map(({ contractId }) => contractId)),
  );
  const setUp = () =>
    schoolWorld({
      afterwards: [
        ...children.flatMap((certificateId, index) => [
          {
            command: 'issueCertificate',
            certificateId,
            payerId: 'uo',
            groupId: 'fund',
            holderId: `holder-${index}`,
            birthDate: '2010-05-05',
            issuedOn: '2020-01-10',
          },
          { command: 'topUpNominal', certificateId, periodId: '2020' },
        ]),
        ...contracts.map(({ child, moduleId, contractId }) =>
          block(contractId, child, { moduleId, number: contractId, date: '2020-06-01', from: '2020-06-01' }),
        ),
        ...months,
      ],
    });
  const command = { command: 'issueInvoices', month: '2020-08', on: '2020-09-02', id: 'disturbed' };

  test('its lines and its number are those of an undisturbed run', async () => {
    const world = await setUp();
    // Intent, number with the rest of its cut, at least two parts before the invoice itself, completion.
    expect(await survivesEveryFault(world, { command })).toBeGreaterThanOrEqual(2 * 6);
  });

  test('a late lesson in between waits for the next month', async () => {
    const world = await setUp();
    const late = lesson('late', '2020-08-20', contracts[0]?.contractId ?? '');
    const trial = { command, rival: { ...late, id: 'rival' } };
    expect(await judgesRivalsRight(world, trial)).toBeGreaterThanOrEqual(2 * 6);
  });
});
