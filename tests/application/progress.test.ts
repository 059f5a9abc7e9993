import { expect, test } from 'vitest';
import { openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

test('a run of invoices tells after every pair how many are done, of how many', async () => {
  const world = await schoolWorld({
    afterwards: [
      block('k1', '01', { from: '2020-08-25' }),
      block('k2', '02', {
        from: '2020-08-25',
        providerId: 'school',
        programmeId: 'school-art',
        agreementId: 'school-uo',
      }),
      lesson('l1', '2020-08-26', 'k1'),
      lesson('l2', '2020-08-26', 'k2'),
    ],
  });
  const told: number[][] = [];
  const ledger = await openNode(world);
  const command = { command: 'issueInvoices', id: 'run', month: '2020-08', on: '2020-09-02' } as const;
  const { outcome } = await ledger.execute(command, { progress: (done, total) => told.push([done, total]) });
  expect(outcome).toMatchObject({ invoices: [{ result: 'issued' }, { result: 'issued' }] });
  expect(told).toEqual([
    [1, 2],
    [2, 2],
  ]);
});
