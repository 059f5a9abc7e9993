import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/index.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { faultyStore } from '../support/nodes/faulty-store.ts';
import { openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

/** k1 and k2 are contracts of the club, k3 is one of the school. */
function world() {
  const afterwards = [block('k1', '01'), block('k2', '02'), block('k3', '03', { providerId: 'school' })];
  return schoolWorld({ afterwards });
}

function record(ledger: Ledger, ...contractIds: readonly string[]) {
  const command = { ...lesson('l1', '2020-09-10', ...contractIds), id: 'by the club' };
  return ledger.executeUnknown(command, { contractsOf: 'club' });
}

/** How many lessons are charged on the contract of each certificate. */
async function charged(store: EventStore): Promise<readonly unknown[]> {
  const ledger = await openNode(store);
  const balances = await Promise.all(['01', '02', '03'].map((id) => ledger.balance(id)));
  expect((await ledger.verify()).findings).toEqual([]);
  return balances.map(({ periods }) => periods.flatMap(({ contracts }) => contracts.map((one) => one.lessonsCharged)));
}

describe("when a provider's own contracts are all there are for it", () => {
  test("another's contract is not there, alone and beside its own", async () => {
    for (const contractIds of [['k3'], ['k1', 'k3', 'k2']]) {
      const store = await world();
      const { outcome } = await record(await openNode(store), ...contractIds);
      const results = contractIds.map((contractId) =>
        contractId === 'k3'
          ? { contractId, result: 'refused', error: { code: 'contract.not_found', message: 'there is no contract k3' } }
          : expect.objectContaining({ contractId, result: 'charged' }),
      );
      expect(outcome).toEqual({ lessonId: 'l1', date: '2020-09-10', results });
      expect(await charged(store)).toEqual(contractIds.length === 1 ? [[0], [0], [0]] : [[1], [1], [0]]);
    }
  });

  test('whoever finishes its command after an interruption keeps to it', async () => {
    const store = await world();
    // The intent is stored, the first charge is not.
    const faulty = faultyStore(store, 2, 'before');
    await expect(record(await openNode(faulty.store), 'k1', 'k3', 'k2')).rejects.toMatchObject({
      code: 'store.unavailable',
    });
    expect(faulty.failed).toBe(true);
    expect(await charged(store)).toEqual([[1], [1], [0]]);
  });
});
