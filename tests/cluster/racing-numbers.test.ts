import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';
import { ApiNodes, tally } from '../support/cluster/api-nodes.ts';
import { CITY, course, funded, setUp } from '../support/cluster/city.ts';
import { contentsOfLedger } from '../support/cluster/contents.ts';
import { trialLedger } from '../support/cluster/trial.ts';
import { lesson } from '../support/nodes/school-world.ts';

const address = process.env.KURRENTDB_URL;
/** Children of each payer, each with a course at each provider. */
const CHILDREN = 6;

describe.skipIf(address === undefined)('when clients of two nodes race for ids and numbers (KURRENTDB_URL)', () => {
  const store = trialLedger(address ?? '', 'numbers');
  const numbers = Array.from({ length: CHILDREN }, (_, index) => index + 1);
  const children = ['uo', 'zarechny'].flatMap((payerId) =>
    numbers.map((number) => ({ payerId, child: `${payerId}-${number}` })),
  );
  const contracts = children.flatMap(({ payerId, child }) =>
    ['club', 'school'].map((providerId) => course(`${child}-${providerId}`, child, { payerId, providerId })),
  );
  let nodes: ApiNodes;

  beforeAll(async () => {
    await setUp(store, [
      ...CITY,
      ...children.flatMap(({ payerId, child }) => funded(child, { payerId })),
      ...contracts,
      lesson('first', '2020-09-07', ...contracts.map(({ contractId }) => String(contractId))),
    ]);
    nodes = await ApiNodes.start(store);
  }, 120_000);
  afterAll(() => nodes?.stop());

  test('a contract id is given once, whichever certificate it is for', async () => {
    for (const number of numbers) {
      const id = `same-id-${number}`;
      const rivals = ['uo-1', 'uo-2', 'uo-3', 'uo-4'].map((child) => ({
        ...course(id, child, {
          moduleId: 'm2',
          from: `2020-09-0${number}`,
          until: `2020-09-0${number}`,
          lessons: 1,
          price: '10.00',
        }),
        number: `${id}-${child}`,
        id: `${id}-${child}`,
      }));
      expect(tally(await nodes.giveAtOnce(rivals))).toEqual({ accepted: 1, 'contract.already_exists': 3 });
    }
  });

  test("a contract's number is given once per provider and year", async () => {
    for (const round of numbers) {
      const number = `same-number-${round}`;
      const rivals = ['uo-1', 'uo-2', 'uo-3', 'uo-4'].map((child) => ({
        ...course(`${number}-${child}`, child, {
          moduleId: 'm3',
          from: `2020-09-0${round}`,
          until: `2020-09-0${round}`,
          lessons: 1,
          price: '10.00',
        }),
        number,
        id: `${number}-${child}`,
      }));
      expect(tally(await nodes.giveAtOnce(rivals))).toEqual({ accepted: 1, 'contract.number_taken': 3 });
    }
  });

  test('invoices issued by both at once are one per pair, with numbers that follow on each other', async () => {
    const runs = ['both', 'uo', 'zarechny', 'again'].map((who, index) => ({
      command: 'issueInvoices',
      month: '2020-09',
      on: '2020-10-02',
      ...(who === 'uo' || who === 'zarechny' ? { payerId: who } : {}),
      id: `invoices-${index}`,
    }));
    const answers = await nodes.giveAtOnce(runs);
    expect(tally(answers)).toEqual({ accepted: 4 });
    const told = answers.flatMap(({ outcome }) => (outcome?.invoices ?? []) as readonly Told[]);
    const issued = told.filter(({ result }) => result === 'issued');
    expect(issued.map(({ payerId, providerId }) => `${payerId} ${providerId}`).toSorted()).toEqual([
      'uo club',
      'uo school',
      'zarechny club',
      'zarechny school',
    ]);
    expect(issued.map(({ number }) => number).toSorted()).toEqual([
      'club-2020-0001',
      'club-2020-0002',
      'school-2020-0001',
      'school-2020-0002',
    ]);
    // Whoever came too late names the invoice that is there.
    const numberOf = new Map(issued.map(({ number, payerId, providerId }) => [`${payerId} ${providerId}`, number]));
    for (const { number, payerId, providerId } of told) expect(number).toBe(numberOf.get(`${payerId} ${providerId}`));
    // One lesson of four at 100.00 for each of a payer's six children.
    expect(issued.map(({ due }) => due)).toEqual(['150.00', '150.00', '150.00', '150.00']);
  });

  test('lessons recorded by both while both issue invoices are billed once, in this month or the next', async () => {
    const lessons = numbers.map((number) => ({
      ...lesson(`late-${number}`, '2020-09-14', `uo-${number}-club`, `zarechny-${number}-school`),
      id: `late-${number}`,
    }));
    const runs = [1, 2].map((run) => ({
      command: 'issueInvoices',
      month: '2020-10',
      on: '2020-11-02',
      id: `october-${run}`,
    }));
    expect(tally(await nodes.giveAtOnce([...lessons.slice(0, 3), ...runs, ...lessons.slice(3)]))).toEqual({
      accepted: 8,
    });
    const last = { command: 'issueInvoices', month: '2020-11', on: '2020-12-02', id: 'november' };
    expect(tally([await nodes.give(1, last)])).toEqual({ accepted: 1 });
    const ledger = await openLedger({ store, readOnly: true });
    let billed = 0;
    for await (const { lines } of ledger.invoices()) for (const { lessons: counted } of lines) billed += counted;
    await ledger.close();
    expect(billed).toBe(contracts.length + 2 * CHILDREN);
  });

  test('nothing is wrong by the end', async () => {
    expect((await contentsOfLedger(store)).findings).toEqual([]);
    console.info('commands that had to be sent again:', nodes.sentAgain);
  });
});

interface Told {
  readonly number: string;
  readonly payerId: string;
  readonly providerId: string;
  readonly result: 'issued' | 'alreadyIssued';
  readonly due: string;
}
