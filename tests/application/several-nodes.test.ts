import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/index.ts';
import { answerOf } from '../support/nodes/answers.ts';
import { overdrawn } from '../support/nodes/counted-log.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import { scheduledStore } from '../support/nodes/scheduled-store.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, CERTIFICATES, lesson, schoolWorld } from '../support/nodes/school-world.ts';

const NODES = 3;
const thoroughness = Number(process.env.TEST_THOROUGHNESS ?? 1);

const certificate = fc.constantFrom(...CERTIFICATES);
const contract = fc.constantFrom('k1', 'k2', 'k3', 'k4');
const day = fc.constantFrom('2020-09-05', '2020-09-10', '2020-09-15');

/** Commands whose accounts, ids and numbers get in each other's way as often as possible. */
const body: fc.Arbitrary<Body> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        contract,
        certificate,
        module: fc.constantFrom('m1', 'm2', 'm3'),
        number: fc.constantFrom('7', '8', '9'),
      })
      .map(({ contract: id, certificate: on, module: moduleId, number }) => block(id, on, { moduleId, number })),
  },
  { weight: 3, arbitrary: certificate.map((certificateId) => topUp(certificateId)) },
  {
    weight: 3,
    arbitrary: fc
      .record({ certificate, nominal: fc.constantFrom('300.00', '400.00', '500.00', '700.00') })
      .map(({ certificate: certificateId, nominal }) => adjust(certificateId, nominal)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('100.00', '200.00', '300.00').map((totalLimit) => ({
      command: 'amendAgreement',
      agreementId: 'club-uo',
      on: '2020-09-10',
      totalLimit,
    })),
  },
  { weight: 2, arbitrary: contract.map((contractId) => ({ command: 'releaseBlock', contractId, on: '2020-09-20' })) },
  { weight: 2, arbitrary: fc.record({ contract, day }).map(({ contract: id, day: on }) => lesson(`l${on}`, on, id)) },
  {
    weight: 1,
    arbitrary: certificate.map((certificateId) => ({
      command: 'closeCertificate',
      certificateId,
      on: '2020-09-18',
      reason: 'moved',
    })),
  },
  { weight: 1, arbitrary: fc.constant({ command: 'issueInvoices', month: '2020-08', on: '2020-09-02' }) },
);

function topUp(certificateId: string): Body {
  return { command: 'topUpNominal', certificateId, periodId: '2020' };
}

function adjust(certificateId: string, nominal: string): Body {
  return { command: 'adjustNominal', certificateId, periodId: '2020', nominal, on: '2020-09-10', reason: 'индексация' };
}

describe('when several nodes give commands on what is scarce, each one after another', () => {
  test('nothing is taken twice, no limit is passed at any moment, and the log is sound', async () => {
    const world = await schoolWorld({
      places: 2,
      placesAmount: '1100.00',
      agreement: '200.00',
      nominal: '500.00',
      toppedUp: ['01'],
    });
    const given = fc.array(fc.array(body, { minLength: 2, maxLength: 6 }), { minLength: NODES, maxLength: NODES });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), given, async (scheduler, lists) => {
        const store = await copyOf(world, { shared: true });
        const nodes: Ledger[] = [];
        for (let node = 0; node < NODES; node += 1) {
          nodes.push(await scheduler.waitFor(openNode(scheduledStore(store, scheduler, `node ${node}`))));
        }
        const sent = lists.map(async (list, node) => {
          for (const [index, command] of list.entries()) {
            const answer = await answerOf(nodes[node] ?? expect.unreachable(), { ...command, id: `${node}-${index}` });
            if ((answer as { ok: boolean }).ok) accepted += 1;
            else expect((answer as { code: string }).code).not.toMatch(/^store\./);
          }
        });
        await scheduler.waitFor(Promise.all(sent));
        expect(await overdrawn(store)).toEqual([]);
        expect((await (await openNode(store)).verify()).findings).toEqual([]);
      }),
      { numRuns: 40 * thoroughness, seed: 20200921, endOnFailure: true },
    );
    // What is refused always passes no limit either.
    expect(accepted).toBeGreaterThan(100);
  });
});
