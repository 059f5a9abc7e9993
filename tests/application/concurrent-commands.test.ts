import { describe, expect, test } from 'vitest';
import type { Sent } from '../support/nodes/answers.ts';
import { everyInterleaving, everyInterleavingIsAnOrder } from '../support/nodes/interleavings.ts';
import type { Body, Limits } from '../support/nodes/school-world.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

/** How much more than usual is tried: `npm run test:thorough` asks for ten times as many interleavings. */
const thoroughness = Number(process.env.TEST_THOROUGHNESS ?? 1);

/** What is sent at once, in which world. Bodies without an id get one of their own. */
interface Trial {
  readonly title: string;
  readonly world?: Limits;
  readonly sent: readonly (Body & { readonly id?: string })[];
  /** More where what could go wrong needs one command to stand still while another goes all its way. */
  readonly runs?: number;
}

const sameId = (...bodies: readonly Body[]) => bodies.map((body) => ({ ...body, id: 'same' }));
const twoContracts = [block('k1', '01'), block('k2', '02', { moduleId: 'm2' })];
const taught = [block('k1', '01', { from: '2020-08-25' }), lesson('l1', '2020-08-26', 'k1')];
const freeze: Body = {
  command: 'freezeCertificate',
  certificateId: '01',
  from: '2020-09-08',
  until: '2020-09-16',
  reason: 'болезнь',
};
const issueAugust: Body = { command: 'issueInvoices', month: '2020-08', on: '2020-09-02' };

function topUp(certificateId: string): Body {
  return { command: 'topUpNominal', certificateId, periodId: '2020' };
}

function adjust(certificateId: string, nominal: string): Body {
  return { command: 'adjustNominal', certificateId, periodId: '2020', nominal, on: '2020-09-10', reason: 'индексация' };
}

const onOneCertificate: Trial[] = [
  {
    title: 'two blocks that together exceed the balance',
    world: { nominal: '150.00' },
    sent: [block('k1', '01'), block('k2', '01', { moduleId: 'm2' })],
  },
  {
    title: 'two blocks with co-payment of what is left',
    world: { nominal: '150.00' },
    sent: [block('k1', '01', { coPayment: true }), block('k2', '01', { moduleId: 'm2', coPayment: true })],
  },
  { title: 'two blocks for the same module', sent: [block('k1', '01'), block('k2', '01')] },
  {
    title: 'two lessons and a freeze of their days',
    world: { afterwards: [block('k1', '01')] },
    sent: [lesson('l1', '2020-09-10', 'k1'), freeze, lesson('l2', '2020-09-15', 'k1')],
  },
  {
    title: 'a reversal, a correction and another lesson',
    world: { afterwards: [block('k1', '01'), lesson('l1', '2020-09-10', 'k1')] },
    sent: [
      { command: 'reverseLesson', lessonId: 'l1', contractId: 'k1', reason: 'о', on: '2020-09-20' },
      {
        command: 'correctAttendance',
        lessonId: 'l1',
        contractId: 'k1',
        status: 'excused',
        reason: 'о',
        on: '2020-09-20',
      },
      lesson('l2', '2020-09-11', 'k1'),
    ],
  },
  {
    title: 'the closing of the certificate, a lesson after it and a block',
    world: { afterwards: [block('k1', '01')] },
    sent: [
      { command: 'closeCertificate', certificateId: '01', on: '2020-09-09', reason: 'moved' },
      lesson('l1', '2020-09-10', 'k1'),
      block('k2', '01', { moduleId: 'm2' }),
    ],
  },
  { title: 'two adjustments and a block', sent: [adjust('01', '120.00'), adjust('01', '90.00'), block('k1', '01')] },
];

const underOneId: Trial[] = [
  { title: 'a block', sent: sameId(block('k1', '01'), block('k1', '01')) },
  { title: 'a block, with two bodies', sent: sameId(block('k1', '01'), block('k2', '01', { moduleId: 'm2' })) },
  { title: 'an adjustment', sent: sameId(adjust('01', '500.00'), adjust('01', '500.00'), adjust('01', '500.00')) },
  { title: 'an adjustment, with two bodies', sent: sameId(adjust('01', '500.00'), adjust('01', '600.00')) },
  { title: 'a top-up', world: { toppedUp: [] }, sent: sameId(topUp('01'), topUp('01')) },
  {
    title: 'a lesson of one contract',
    world: { afterwards: twoContracts },
    sent: sameId(lesson('l1', '2020-09-10', 'k1'), lesson('l1', '2020-09-10', 'k1')),
  },
  {
    title: 'a lesson of two contracts',
    world: { afterwards: twoContracts },
    sent: sameId(lesson('l1', '2020-09-10', 'k1', 'k2'), lesson('l1', '2020-09-10', 'k1', 'k2')),
  },
  {
    title: 'a freeze that reverses a charge',
    world: { afterwards: [block('k1', '01'), lesson('l1', '2020-09-10', 'k1')] },
    sent: sameId(freeze, freeze),
  },
  {
    title: "a change of a payer's details",
    sent: sameId(
      { command: 'changePayerDetails', payerId: 'uo', on: '2020-09-01', name: 'Новое' },
      { command: 'changePayerDetails', payerId: 'uo', on: '2020-09-01', name: 'Новое' },
    ),
  },
];

const acrossCertificates: Trial[] = [
  {
    title: 'two top-ups for the last place of a group',
    runs: 20,
    world: { places: 1, toppedUp: [] },
    sent: [topUp('01'), topUp('02')],
  },
  {
    title: 'the close of a period and top-ups for it',
    runs: 20,
    world: { afterwards: [{ command: 'topUpNominal', certificateId: '01', periodId: 'spring' }] },
    sent: [
      { command: 'closePeriod', payerId: 'uo', periodId: 'spring', on: '2020-06-01' },
      { command: 'topUpNominal', certificateId: '02', periodId: 'spring' },
      { command: 'topUpNominal', certificateId: '03', periodId: 'spring', amount: '7' },
    ],
  },
  {
    title: 'two closes of a period and a top-up for it',
    runs: 20,
    sent: [
      { command: 'closePeriod', payerId: 'uo', periodId: 'spring', on: '2020-06-01' },
      { command: 'closePeriod', payerId: 'uo', periodId: 'spring', on: '2020-06-01' },
      { command: 'topUpNominal', certificateId: '02', periodId: 'spring' },
    ],
  },
];

/**
 * What is counted over certificates is reserved first, and a reservation without its contract may be one that an
 * interruption has left behind or one on its way: only its own process knows which.
 */
const throughReservations: Trial[] = [
  {
    title: "top-ups and an adjustment at the group's sum",
    runs: 20,
    world: { placesAmount: '2100.00', toppedUp: ['01'] },
    sent: [topUp('02'), adjust('01', '1100.00'), topUp('03')],
  },
  {
    title: "two blocks that together exceed the agreement's limit",
    world: { agreement: '150.00' },
    sent: [block('k1', '01'), block('k2', '02')],
  },
  {
    title: 'a block, a release and a lower limit of the agreement',
    world: { agreement: '200.00', afterwards: [block('k0', '03')] },
    sent: [
      block('k1', '01'),
      { command: 'amendAgreement', agreementId: 'club-uo', on: '2020-09-10', totalLimit: '100.00' },
      { command: 'releaseBlock', contractId: 'k0', on: '2020-09-20' },
    ],
  },
  {
    title: 'two blocks under one contract number',
    sent: [block('k1', '01', { number: '7' }), block('k2', '02', { number: '7' })],
  },
  { title: 'two blocks under one contract id', sent: [block('k1', '01'), block('k1', '02', { number: '8' })] },
];

const invoicing: Trial[] = [
  { title: 'two runs of one month', world: { afterwards: taught }, sent: [issueAugust, issueAugust] },
  { title: 'the same run twice', world: { afterwards: taught }, sent: sameId(issueAugust, issueAugust) },
  {
    title: 'a run and a late lesson',
    world: { afterwards: taught },
    sent: [issueAugust, lesson('l2', '2020-08-27', 'k1')],
  },
  {
    title: 'two advances of one month and its invoice',
    world: { afterwards: taught },
    sent: [
      { command: 'requestAdvance', month: '2020-08', on: '2020-08-28', percent: 80 },
      { command: 'requestAdvance', month: '2020-08', on: '2020-08-28', percent: 40 },
      issueAugust,
    ],
  },
  {
    title: 'the rejection of an earlier month and a run of the next',
    runs: 40,
    world: {
      afterwards: [
        block('k1', '01', { date: '2020-07-01', from: '2020-07-01' }),
        lesson('l1', '2020-07-10', 'k1'),
        { command: 'issueInvoices', month: '2020-07', on: '2020-08-02' },
        lesson('l2', '2020-08-10', 'k1'),
      ],
    },
    sent: [{ command: 'rejectInvoice', number: 'club-2020-0001', on: '2020-09-03', reason: 'о' }, issueAugust],
  },
  {
    title: 'acceptance, rejection and the next run',
    world: { afterwards: [...taught, issueAugust] },
    sent: [
      { command: 'acceptInvoice', number: 'club-2020-0001', on: '2020-09-03' },
      { command: 'rejectInvoice', number: 'club-2020-0001', on: '2020-09-03', reason: 'о' },
      { ...issueAugust, on: '2020-09-04' },
    ],
  },
];

function trials(list: readonly Trial[], nodes: number): void {
  test.each(list)('$title', async ({ world = {}, sent, runs = 6 }) => {
    const commands = sent.map((body, index): Sent => ({ ...body, id: body.id ?? `trial-${index}` }));
    await everyInterleavingIsAnOrder(await schoolWorld(world), commands, { nodes, runs: runs * thoroughness });
  });
}

describe('when commands are sent at once to one node', () => {
  describe('on one certificate', () => trials(onOneCertificate, 1));
  describe('under one command id', () => trials(underOneId, 1));
  describe('across certificates', () => trials([...acrossCertificates, ...throughReservations], 1));
  describe('for the invoices of a month', () => trials(invoicing, 1));
});

describe('when commands are sent at once to two nodes of one store', () => {
  describe('on one certificate', () => trials(onOneCertificate, 2));
  describe('under one command id', () => trials(underOneId, 2));
  describe('across certificates', () => trials([...acrossCertificates, ...throughReservations], 2));
  describe('for the invoices of a month', () => trials(invoicing, 2));
});

describe('when two lessons of several contracts are recorded at once under one lesson id', () => {
  test.each([1, 2])('each contract is charged once, whatever happens between its two entries (%i)', async (nodes) => {
    const world = await schoolWorld({ afterwards: twoContracts });
    const lessons = [lesson('l1', '2020-09-10', 'k1', 'k2'), lesson('l1', '2020-09-10', 'k2', 'k1')];
    const commands = lessons.map((body, index) => ({ ...body, id: `trial-${index}` }));
    await everyInterleaving(world, commands, { nodes, runs: 10 * thoroughness }, ({ answers, contents, findings }) => {
      expect(findings).toEqual([]);
      const said = JSON.stringify(answers);
      expect(said.match(/"result":"charged","amount":"25.00"/g)).toHaveLength(2);
      expect(said.match(/"result":"alreadyRecorded"/g)).toHaveLength(2);
      expect(contents.match(/"lessonsCharged": 1/g)).toHaveLength(2);
    });
  });
});
