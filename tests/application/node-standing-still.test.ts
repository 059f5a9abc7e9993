import { describe, expect, test, vi } from 'vitest';
import { answerOf } from '../support/nodes/answers.ts';
import { overdrawn } from '../support/nodes/counted-log.ts';
import { haltingStore } from '../support/nodes/halting-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import type { Body, Limits } from '../support/nodes/school-world.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';
import { wholeLog } from '../support/store/stored-forms.ts';

interface Trial {
  readonly title: string;
  readonly world: Limits;
  /** Given to a node that stands still before it appends an event of the type. */
  readonly slow: Body;
  readonly before: string;
  /** Given to another node meanwhile, and accepted. */
  readonly quick: Body;
  /** What the slow one is answered in the end. */
  readonly refusal: string;
}

const closeSpring: Body = { command: 'closePeriod', payerId: 'uo', periodId: 'spring', on: '2020-06-01' };

function topUp(certificateId: string, periodId = '2020'): Body {
  return { command: 'topUpNominal', certificateId, periodId };
}

function adjust(certificateId: string, nominal: string): Body {
  return { command: 'adjustNominal', certificateId, periodId: '2020', nominal, on: '2020-09-10', reason: 'индексация' };
}

function amend(totalLimit: string): Body {
  return { command: 'amendAgreement', agreementId: 'club-uo', on: '2020-09-10', totalLimit };
}

const trials: readonly Trial[] = [
  {
    title: 'a contract id',
    world: {},
    slow: block('k1', '01'),
    before: 'CourseBlocked',
    quick: block('k1', '02', { number: '8' }),
    refusal: 'contract.already_exists',
  },
  {
    title: 'a contract number',
    world: {},
    slow: block('k1', '01', { number: '7' }),
    before: 'CourseBlocked',
    quick: block('k2', '02', { number: '7' }),
    refusal: 'contract.number_taken',
  },
  {
    title: "a share of the agreement's limit",
    world: { agreement: '150.00' },
    slow: block('k1', '01'),
    before: 'CourseBlocked',
    quick: block('k2', '02'),
    refusal: 'agreement.limit_reached',
  },
  {
    title: 'a lower limit of the agreement',
    world: { agreement: '150.00' },
    slow: amend('50.00'),
    before: 'AgreementAmended',
    quick: block('k1', '01'),
    refusal: 'agreement.limit_reached',
  },
  {
    title: 'a share that a lower limit leaves no room for',
    world: { agreement: '150.00' },
    slow: block('k1', '01'),
    before: 'CourseBlocked',
    quick: amend('50.00'),
    refusal: 'agreement.limit_reached',
  },
  {
    title: 'the last place of a group',
    world: { places: 1, toppedUp: [] },
    slow: topUp('01'),
    before: 'NominalToppedUp',
    quick: topUp('02'),
    refusal: 'group.limit_reached',
  },
  {
    title: "the rest of a group's sum",
    world: { placesAmount: '2100.00', toppedUp: ['01', '02'] },
    slow: adjust('01', '1100.00'),
    before: 'NominalAdjusted',
    quick: adjust('02', '1050.00'),
    refusal: 'group.limit_reached',
  },
  {
    title: 'a place in a period that is closed meanwhile',
    world: { afterwards: [topUp('02', 'spring')] },
    slow: topUp('01', 'spring'),
    before: 'NominalToppedUp',
    quick: closeSpring,
    refusal: 'period.not_open',
  },
];

function freeze(certificateId: string, from = '2020-09-13', until = '2020-09-15'): Body {
  return { command: 'freezeCertificate', certificateId, from, until, reason: 'б' };
}

/** A lesson of two contracts, the second of which a node has not recorded when it stands still. */
async function halfRecorded() {
  const contracts = [block('k1', '01'), block('k2', '02', { moduleId: 'm2' })];
  const store = await copyOf(await schoolWorld({ afterwards: contracts }), { shared: true });
  const halting = haltingStore(store, 'LessonCharged', { after: 1 });
  const [slow, quick] = [await openNode(halting.store), await openNode(store)];
  const late = answerOf(slow, { ...lesson('l1', '2020-09-10', 'k1', 'k2'), id: 'slow' });
  await halting.halted;
  return { slow, late, quick, store, goOn: halting.goOn };
}

/** Runs the work when this process has seen what is open for long enough. */
async function aFewSecondsLater(work: () => Promise<void>): Promise<void> {
  const now = performance.now.bind(performance);
  const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 4_000);
  try {
    await work();
  } finally {
    later.mockRestore();
  }
}

describe('when a node stands still after it has reserved', () => {
  test.each(trials)('$title is given to another, and the slow one is refused', async (trial) => {
    const store = await copyOf(await schoolWorld(trial.world), { shared: true });
    const halting = haltingStore(store, trial.before);
    const [slow, quick] = [await openNode(halting.store), await openNode(store)];
    const late = answerOf(slow, { ...trial.slow, id: 'slow' });
    await halting.halted;
    expect(await answerOf(quick, { ...trial.quick, id: 'quick' })).toMatchObject({ ok: true });
    halting.goOn();
    expect(await late).toEqual({ ok: false, code: trial.refusal });
    expect(await overdrawn(store)).toEqual([]);
    expect((await quick.verify()).findings).toEqual([]);
    expect((await wholeLog(store, 1000)).some(({ type }) => type === 'StreamFenced')).toBe(true);
  });

  test('its lower limit of an agreement counts also beside one that another has announced after it', async () => {
    const store = await copyOf(await schoolWorld({ agreement: '150.00' }), { shared: true });
    const halting = [haltingStore(store, 'AgreementAmended'), haltingStore(store, 'AgreementAmended')] as const;
    const nodes = [await openNode(halting[0].store), await openNode(halting[1].store)] as const;
    const lowest = answerOf(nodes[0], { ...amend('50.00'), id: 'lowest' });
    await halting[0].halted;
    const lower = answerOf(nodes[1], { ...amend('80.00'), id: 'lower' });
    await halting[1].halted;
    const quick = await openNode(store);
    expect(await answerOf(quick, { ...block('k1', '01', { price: '80.00' }), id: 'quick' })).toMatchObject({
      ok: true,
    });
    for (const { goOn } of halting) goOn();
    expect(await lowest).toEqual({ ok: false, code: 'agreement.limit_reached' });
    expect(await lower).toMatchObject({ ok: true });
    expect(await overdrawn(store)).toEqual([]);
  });

  test('what it has begun over several streams is finished by another, and both answer the same', async () => {
    const contracts = [block('k1', '01'), block('k2', '02', { moduleId: 'm2' })];
    const store = await copyOf(await schoolWorld({ afterwards: contracts }), { shared: true });
    const halting = haltingStore(store, 'CommandCompleted');
    const [slow, quick] = [await openNode(halting.store), await openNode(store)];
    const late = answerOf(slow, { ...lesson('l1', '2020-09-10', 'k1', 'k2'), id: 'slow' });
    await halting.halted;
    // Begun a moment ago, it is left to whoever has begun it.
    await quick.finishAbandoned(60_000);
    expect((await quick.status()).openIntents).toEqual([{ commandId: 'slow', command: 'recordLesson' }]);
    await quick.finishAbandoned(0);
    expect((await quick.status()).openIntents).toEqual([]);
    halting.goOn();
    const charged = (contractId: string) => ({ contractId, result: 'charged', amount: '25.00' });
    const outcome = { lessonId: 'l1', date: '2020-09-10', results: [charged('k1'), charged('k2')] };
    expect(await late).toMatchObject({ ok: true, outcome });
    expect(await answerOf(quick, { ...lesson('l1', '2020-09-10', 'k1', 'k2'), id: 'slow' })).toMatchObject({ outcome });
    expect((await quick.verify()).findings).toEqual([]);
  });

  test('what another records for it is told by both, also what was not possible before', async () => {
    const store = await copyOf(await schoolWorld({ afterwards: [block('k1', '01')] }), { shared: true });
    const halting = [haltingStore(store, 'CommandCompleted'), haltingStore(store, 'CommandCompleted')] as const;
    const nodes = [await openNode(halting[0].store), await openNode(halting[1].store)] as const;
    const third = await openNode(store);
    const both = { ...lesson('l1', '2020-09-10', 'k1', 'k2'), id: 'slow' };
    // It has found no contract k2, and is about to say so.
    const late = answerOf(nodes[0], both);
    await halting[0].halted;
    await third.executeUnknown({ ...block('k2', '02', { moduleId: 'm2' }), id: 'third' });
    const finishing = nodes[1].finishAbandoned(0);
    await halting[1].halted;
    halting[0].goOn();
    const told = await late;
    halting[1].goOn();
    await finishing;
    const outcome = { results: [{ result: 'charged' }, { result: 'charged' }] };
    expect(told).toMatchObject({ ok: true, outcome });
    expect(await answerOf(third, both)).toMatchObject({ replayed: true, outcome });
    expect((await wholeLog(store, 1000)).filter(({ type }) => type === 'LessonCharged')).toHaveLength(2);
    expect((await third.verify()).findings).toEqual([]);
  });

  test.each<{ readonly title: string; readonly command: Body }>([
    { title: 'a freeze of a certificate on it', command: freeze('02') },
    { title: 'a lesson of a contract on it', command: lesson('l2', '2020-09-11', 'k2') },
    { title: 'the invoices of the month', command: { command: 'issueInvoices', month: '2020-08', on: '2020-09-20' } },
  ])('a lesson it has begun is finished by another before $title', async ({ command }) => {
    const { slow, late, quick, store, goOn } = await halfRecorded();
    // For a moment it is left to whoever has begun it.
    expect(await answerOf(quick, { ...freeze('03'), id: 'first' })).toMatchObject({ ok: true });
    expect((await wholeLog(store, 1000)).some(({ type }) => type === 'CommandCompleted')).toBe(false);
    await aFewSecondsLater(async () => {
      expect(await answerOf(quick, { ...freeze('03', '2020-09-16', '2020-09-18'), id: 'of others' })).toMatchObject({
        ok: true,
      });
      expect((await wholeLog(store, 1000)).some(({ type }) => type === 'CommandCompleted')).toBe(false);
      expect(await answerOf(quick, { ...command, id: 'next' })).toMatchObject({ ok: true });
    });
    const log = await wholeLog(store, 1000);
    const completed = log.findIndex(({ stream, type }) => stream === 'command-slow' && type === 'CommandCompleted');
    const next = log.findIndex(({ metadata }) => metadata.includes('"next"'));
    expect(completed).toBeGreaterThan(0);
    expect(next).toBeGreaterThan(completed);
    goOn();
    expect(await late).toMatchObject({ ok: true });
    expect((await slow.verify()).findings).toEqual([]);
  });

  test('its lower nominal is told by whoever comes next, and room that another has taken since is not given back', async () => {
    const store = await copyOf(await schoolWorld({ placesAmount: '2000.00', toppedUp: ['01', '02'] }), {
      shared: true,
    });
    const halting = haltingStore(store, 'NominalAdjusted');
    const [slow, quick] = [await openNode(halting.store), await openNode(store)];
    const late = answerOf(slow, { ...adjust('01', '300.00'), id: 'slow' });
    await halting.halted;
    expect(await answerOf(quick, { ...adjust('02', '900.00'), id: 'quick' })).toMatchObject({ ok: true });
    halting.goOn();
    expect(await late).toMatchObject({ ok: true });
    expect(await answerOf(quick, { ...adjust('02', '1700.00'), id: 'more' })).toMatchObject({ ok: true });
    expect(await answerOf(quick, { ...adjust('02', '1700.01'), id: 'too much' })).toEqual({
      ok: false,
      code: 'group.limit_reached',
    });
    expect(await overdrawn(store)).toEqual([]);
  });
});
