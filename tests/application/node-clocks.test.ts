import { describe, expect, test } from 'vitest';
import { decodeMetadata } from '../../src/events/codec.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';
import { wholeLog } from '../support/store/stored-forms.ts';

const taught = [block('k1', '01', { from: '2020-08-25' }), lesson('l1', '2020-08-26', 'k1')];
const [AHEAD, BEHIND] = ['2020-09-20T09:10:00Z', '2020-09-20T09:01:00Z'];

describe('when the clock of a node is behind that of another', () => {
  test('what it records does not look older than what it rests on', async () => {
    const store = await copyOf(await schoolWorld({ afterwards: taught }), { shared: true });
    const [ahead, behind] = [await openNode(store, AHEAD), await openNode(store, BEHIND)];
    const renamed = { command: 'changePayerDetails', payerId: 'uo', on: '2020-09-01', name: 'Новое' } as const;
    await ahead.execute({ ...renamed, id: 'rename' });
    await behind.execute({ command: 'issueInvoices', id: 'run', month: '2020-08', on: '2020-09-02' });
    const log = await wholeLog(store, 1000);
    const issued = log.find(({ type }) => type === 'InvoiceIssued') ?? expect.unreachable();
    expect(decodeMetadata(issued).recordedAt).toBe(AHEAD);
    const documents = [];
    for await (const document of behind.invoiceDocuments()) documents.push(document);
    expect(documents.map(({ payer }) => payer.name)).toEqual(['Новое']);
  });

  test('its time never goes back within a stream, and what rests on nothing newer keeps its own', async () => {
    const store = await copyOf(await schoolWorld({ afterwards: taught }), { shared: true });
    const [ahead, behind] = [await openNode(store, AHEAD), await openNode(store, BEHIND)];
    await ahead.executeUnknown({ ...lesson('l2', '2020-09-10', 'k1'), id: 'two' });
    await behind.executeUnknown({ ...lesson('l3', '2020-09-11', 'k1'), id: 'three' });
    await behind.executeUnknown({
      command: 'registerProvider',
      providerId: 'new',
      name: 'Н',
      legalForm: 'organisation',
      id: 'new',
    });
    const timeOf = async (id: string) => {
      const record = (await store.commandRecord(id)) ?? expect.unreachable();
      return decodeMetadata(record).recordedAt;
    };
    expect([await timeOf('two'), await timeOf('three'), await timeOf('new')]).toEqual([AHEAD, AHEAD, BEHIND]);
    expect((await behind.verify()).findings).toEqual([]);
  });
});
