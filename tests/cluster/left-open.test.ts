import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';
import { ApiNodes } from '../support/cluster/api-nodes.ts';
import { CITY, course, funded, setUp } from '../support/cluster/city.ts';
import { contentsOfLedger, undisturbed } from '../support/cluster/contents.ts';
import { FollowedLog } from '../support/cluster/followed-log.ts';
import { trialLedger } from '../support/cluster/trial.ts';
import type { Sent } from '../support/nodes/answers.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { lesson } from '../support/nodes/school-world.ts';

const address = process.env.KURRENTDB_URL;
const CHILDREN = 12;
const LONGEST_WAIT = 60_000;

/** Who finishes what the dead node has begun. */
const FINISHERS = {
  'the other node, which is sent the same command': (nodes: ApiNodes, command: Sent) => nodes.give(1, command),
  'whoever opens the ledger next': (nodes: ApiNodes) => nodes.startAgain(0),
  // Which waits a while for the node that may only be slow.
  'the other node, by itself': () => undefined,
} as const;

describe.skipIf(address === undefined)(
  'when a node is killed within a command over several streams (KURRENTDB_URL)',
  () => {
    const store = trialLedger(address ?? '', 'left-open');
    const children = ['uo', 'zarechny'].flatMap((payerId) =>
      Array.from({ length: CHILDREN }, (_, index) => ({ payerId, child: `${payerId}-${index + 10}` })),
    );
    const contracts = children.map(({ child }) => `c-${child}`);
    const world: readonly Body[] = [
      ...CITY,
      ...children.flatMap(({ payerId, child }, index) => [
        ...funded(child, { payerId }),
        course(`c-${child}`, child, { payerId, providerId: index % 2 === 0 ? 'club' : 'school' }),
      ]),
      lesson('first', '2020-09-07', ...contracts),
    ];
    const given: Sent[] = [];
    let nodes: ApiNodes;
    let log: FollowedLog;
    let stillOpen = 0;

    beforeAll(async () => {
      await setUp(store, world);
      nodes = await ApiNodes.start(store);
      log = await FollowedLog.of(store);
    }, 120_000);
    afterAll(async () => {
      await log?.close(undefined);
      await nodes?.stop();
    });

    /** Kills the first node when it has begun a command. */
    async function killWithin(command: Sent): Promise<void> {
      const begun = log.next(({ type }) => type === 'CommandBegun');
      const sent = nodes.send(0, command);
      await begun;
      await nodes.kill(0);
      await sent;
      if (!log.events.some(({ type, commandId }) => type === 'CommandCompleted' && commandId === command.id))
        stillOpen += 1;
      given.push(command);
    }

    async function isFinished(command: Sent): Promise<void> {
      const ledger = await openLedger({ store, readOnly: true });
      const openIntents = async () => (await ledger.status()).openIntents;
      await expect.poll(openIntents, { timeout: LONGEST_WAIT, interval: 500 }).toEqual([]);
      await ledger.close();
      expect(await nodes.give(1, command)).toMatchObject({ ok: true, replayed: true });
    }

    const commands: readonly (readonly [keyof typeof FINISHERS, Body])[] = [
      ['the other node, which is sent the same command', lesson('third', '2020-10-12', ...contracts)],
      ['whoever opens the ledger next', lesson('fourth', '2020-11-02', ...contracts)],
      [
        'the other node, which is sent the same command',
        { command: 'issueInvoices', month: '2020-09', on: '2020-10-02' },
      ],
      ['the other node, by itself', lesson('second', '2020-10-05', ...contracts)],
      ['whoever opens the ledger next', { command: 'issueInvoices', month: '2020-10', on: '2020-11-03' }],
      [
        'the other node, which is sent the same command',
        { command: 'closePeriod', payerId: 'uo', periodId: '2020', on: '2021-01-11' },
      ],
      [
        'whoever opens the ledger next',
        { command: 'closePeriod', payerId: 'zarechny', periodId: '2020', on: '2021-01-11' },
      ],
    ];

    test.each(commands.map(([who, body]) => [body.command, who, body] as const))(
      '%s is finished by %s',
      async (name, who, body) => {
        if (nodes.isGone(0)) await nodes.startAgain(0);
        const command = { ...body, id: `${name}-${who}` };
        await killWithin(command);
        await FINISHERS[who](nodes, command);
        await isFinished(command);
      },
      2 * LONGEST_WAIT,
    );

    test('everything is as if it had never been killed', async () => {
      const before = world.map((body, index) => ({ ...body, id: `set-up-${index}` }));
      const expected = await undisturbed([...before, ...given]);
      expect(await contentsOfLedger(store)).toEqual({ contents: expected.contents, findings: [] });
      console.info(`${stillOpen} of ${given.length} commands were not completed when their node was killed`);
      expect(stillOpen).toBeGreaterThan(0);
    }, 60_000);
  },
);
