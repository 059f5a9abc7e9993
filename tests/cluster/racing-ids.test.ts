import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiNodes, tally } from '../support/cluster/api-nodes.ts';
import { CITY, certificate, course, funded, setUp } from '../support/cluster/city.ts';
import { contentsOfLedger } from '../support/cluster/contents.ts';
import { trialLedger } from '../support/cluster/trial.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { lesson } from '../support/nodes/school-world.ts';

const address = process.env.KURRENTDB_URL;
const ROUNDS = [1, 2, 3, 4, 5, 6];

describe.skipIf(address === undefined)('when the same command id is sent to two nodes at once (KURRENTDB_URL)', () => {
  const store = trialLedger(address ?? '', 'ids');
  const contracts = Array.from({ length: 12 }, (_, index) => `c-${index + 10}`);
  let nodes: ApiNodes;

  beforeAll(async () => {
    await setUp(store, [
      ...CITY,
      ...contracts.flatMap((contractId) => [...funded(`of-${contractId}`), course(contractId, `of-${contractId}`)]),
      ...ROUNDS.flatMap((round) => funded(`child-${round}`)),
    ]);
    nodes = await ApiNodes.start(store);
  }, 120_000);
  afterAll(() => nodes?.stop());

  /** A command of one stream, one that reserves, one over many streams, and one that is remembered without an event. */
  const commands: Readonly<Record<string, (round: number) => Body>> = {
    issueCertificate: (round) => certificate(`new-${round}`),
    blockCourse: (round) => course(`d-${round}`, `child-${round}`),
    recordLesson: (round) => lesson(`l-${round}`, `2020-09-0${round}`, ...contracts),
    issueInvoices: (round) => ({ command: 'issueInvoices', month: '2020-09', on: `2020-10-0${round}` }),
  };

  test.each(Object.keys(commands))('it is applied once and answered alike: %s', async (name) => {
    const body = commands[name] ?? expect.unreachable();
    for (const round of name === 'recordLesson' ? ROUNDS.slice(0, 4) : ROUNDS) {
      const sent = Array.from({ length: 4 }, () => ({ ...body(round), id: `${name}-${round}` }));
      const answers = await nodes.giveAtOnce(sent);
      expect(tally(answers)).toEqual({ accepted: 1, replayed: 3 });
      for (const { outcome } of answers) expect(outcome).toEqual(answers[0]?.outcome);
    }
  });

  test('with two bodies one is accepted, whichever it is', async () => {
    for (const round of ROUNDS) {
      const id = `two-bodies-${round}`;
      const bodies = [certificate(`one-${round}`), certificate(`other-${round}`)];
      const answers = await nodes.giveAtOnce(bodies.map((body) => ({ ...body, id })));
      expect(tally(answers)).toEqual({ accepted: 1, 'idempotency.key_reused': 1 });
    }
  });

  test('with a body for one stream and one for many at most one is accepted', async () => {
    for (const round of ROUNDS) {
      const id = `few-or-many-${round}`;
      const bodies = [certificate(`few-${round}`), lesson(`many-${round}`, '2020-11-02', ...contracts.slice(0, 3))];
      const answers = await nodes.giveAtOnce(bodies.map((body) => ({ ...body, id })));
      expect(tally(answers)).toEqual({ accepted: 1, 'idempotency.key_reused': 1 });
    }
  });

  test('nothing is wrong by the end, and every balance is that of what was accepted', async () => {
    const { contents, findings } = await contentsOfLedger(store);
    expect(findings).toEqual([]);
    const balances = new Map(
      (JSON.parse(contents) as Balance[]).map(({ certificateId, periods }) => [certificateId, periods?.[0]]),
    );
    for (const round of ROUNDS)
      expect(balances.get(`child-${round}`)).toMatchObject({ available: '900.00', blocked: '100.00' });
    console.info('commands that had to be sent again:', nodes.sentAgain);
  });
});

interface Balance {
  readonly certificateId: string;
  readonly periods?: readonly { readonly available: string; readonly blocked: string }[];
}
