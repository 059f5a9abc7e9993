import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../support/cluster/api-nodes.ts';
import { ApiNodes, tally } from '../support/cluster/api-nodes.ts';
import { CITY, course, funded, setUp } from '../support/cluster/city.ts';
import { contentsOfLedger, undisturbed } from '../support/cluster/contents.ts';
import { trialLedger } from '../support/cluster/trial.ts';
import type { Sent } from '../support/nodes/answers.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { lesson } from '../support/nodes/school-world.ts';
import { randomNumbers } from '../support/random-numbers.ts';

const address = process.env.KURRENTDB_URL;
const seed = Number(process.env.CLUSTER_SEED ?? 20_201_124);
const KILLS = 5;
/** Clients that send at a time, and how many commands each sends between two kills. */
const [CLIENTS, COMMANDS] = [4, 6];
/** So that some are always left. */
const MOST_ANSWERED = CLIENTS * (COMMANDS - 2);

describe.skipIf(address === undefined)('when a node is killed while clients send (KURRENTDB_URL)', () => {
  const store = trialLedger(address ?? '', 'killed');
  const random = randomNumbers(seed);
  const children = Array.from({ length: CLIENTS * KILLS }, (_, index) => `child-${index + 10}`);
  const world: readonly Body[] = [
    ...CITY,
    ...children.flatMap((child) => [...funded(child), course(`${child}-m1`, child)]),
  ];
  const given: Sent[] = [];
  let nodes: ApiNodes;

  beforeAll(async () => {
    await setUp(store, world);
    nodes = await ApiNodes.start(store);
  }, 120_000);
  afterAll(() => nodes?.stop());

  test(`what it had not answered the other takes once, under the same ids (seed ${seed})`, async () => {
    const outcomes = { answered: 0, replayed: 0, taken: 0 };
    for (let round = 0; round < KILLS; round += 1) {
      const batches = Array.from({ length: CLIENTS }, (_, client) => commandsOf(round, client));
      const enough = new AnswersUntil(1 + Math.floor(MOST_ANSWERED * random()));
      const killed = enough.came.then(() => wait(20 * random())).then(() => nodes.kill(0));
      const cutOff = await Promise.all(batches.map((commands) => sendUntilGone(nodes, commands, enough)));
      await killed;
      outcomes.answered += enough.answers;
      for (const [client, commands] of cutOff.entries()) {
        for (const command of commands) {
          const answer = await nodes.give(1, command);
          expect(answer, `round ${round}, client ${client}, ${command.id}`).toMatchObject({ ok: true });
          outcomes[answer.replayed ? 'replayed' : 'taken'] += 1;
        }
      }
      given.push(...batches.flat());
      await nodes.startAgain(0);
    }
    console.info(`seed ${seed}, commands of ${KILLS} kills:`, outcomes, 'sent again:', nodes.sentAgain);
    expect(outcomes.taken).toBeGreaterThan(0);
  }, 180_000);

  test('everything is as if it had never been killed', async () => {
    const before = world.map((body, index) => ({ ...body, id: `set-up-${index}` }));
    const expected = await undisturbed([...before, ...given]);
    expect(expected.answers.filter((answer) => !(answer as ApiAnswer).ok)).toEqual([]);
    const again = await nodes.giveAtOnce(given);
    expect(tally(again)).toEqual({ replayed: given.length });
    expect(again.map(({ outcome }) => outcome)).toEqual(
      expected.answers.slice(before.length).map((answer) => (answer as ApiAnswer).outcome),
    );
    expect(await contentsOfLedger(store)).toEqual({ contents: expected.contents, findings: [] });
  }, 120_000);

  /** Commands of one client, which touch nobody else's children: so that their order among all does not matter. */
  function commandsOf(round: number, client: number): Sent[] {
    const child = children[round * CLIENTS + client] ?? expect.unreachable();
    const bodies: Body[] = [
      lesson(`l-${child}`, '2020-09-07', `${child}-m1`),
      course(`${child}-m2`, child, { moduleId: 'm2' }),
      {
        command: 'adjustNominal',
        certificateId: child,
        periodId: '2020',
        nominal: '900.00',
        on: '2020-09-08',
        reason: '-',
      },
      lesson(`both-${child}`, '2020-09-14', `${child}-m1`, `${child}-m2`),
      {
        command: 'freezeCertificate',
        certificateId: child,
        from: '2020-09-20',
        until: '2020-10-01',
        reason: 'болезнь',
      },
      {
        command: 'terminateContract',
        contractId: `${child}-m1`,
        noticeOn: '2020-09-09',
        initiator: 'parent',
        reason: '-',
      },
    ];
    return bodies.map((body, index) => ({ ...body, id: `${child}-${index}` }));
  }
});

/** Sends commands to the first node, one after another, until it is gone; answers those it has not answered. */
async function sendUntilGone(
  nodes: ApiNodes,
  commands: readonly Sent[],
  enough: AnswersUntil,
): Promise<readonly Sent[]> {
  for (const [index, command] of commands.entries()) {
    const answer = await nodes.send(0, command);
    if (answer === undefined) return commands.slice(index);
    expect(answer, command.id).toMatchObject({ ok: true, replayed: false });
    enough.count();
  }
  return [];
}

/** Counts answers and tells when there are so many. */
class AnswersUntil {
  readonly #wanted: number;
  readonly #came = Promise.withResolvers<void>();
  answers = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  get came(): Promise<void> {
    return this.#came.promise;
  }

  count(): void {
    this.answers += 1;
    if (this.answers === this.#wanted) this.#came.resolve();
  }
}
