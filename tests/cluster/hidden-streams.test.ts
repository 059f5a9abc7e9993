import { EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';
import { trialLedger } from '../support/cluster/trial.ts';

const address = process.env.KURRENTDB_URL;

describe.skipIf(address === undefined)('when somebody has the server hide events (KURRENTDB_URL)', () => {
  test.each([
    { title: 'by a count', metadata: { maxCount: 1 }, told: '$maxCount 1' },
    { title: 'by an age', metadata: { maxAge: 3600 }, told: '$maxAge 3600' },
    { title: 'up to an event, though the log still holds them', metadata: { truncateBefore: 1 }, told: '$tb 1' },
  ])('$title, verify tells the stream, until that is taken back', async ({ metadata, told }) => {
    const store = trialLedger(address ?? '', 'hidden');
    const prefix = `${/ledger=([^&]+)/.exec(store)?.[1]}.`;
    const client = EventStoreDBClient.connectionString(address ?? '');
    const ledger = await openLedger({ store });
    try {
      await ledger.execute({ command: 'registerPayer', id: 'p', payerId: 'uo', name: 'Управление' });
      await client.setStreamMetadata(`${prefix}payer-uo`, metadata);
      // The metadata of another ledger's stream are none of this one's.
      await client.setStreamMetadata(`${prefix}`.replace('hidden', 'other').concat('payer-uo'), metadata);
      const { findings } = await ledger.verify();
      expect(findings[0]).toBe(`stream payer-uo: its metadata have the server hide events: ${told}`);
      await client.setStreamMetadata(`${prefix}payer-uo`, {});
      expect((await ledger.verify()).findings).toEqual([]);
    } finally {
      await ledger.close();
      await client.dispose();
    }
  });

  test('of a command id as well, which then could be used twice', async () => {
    const store = trialLedger(address ?? '', 'hidden');
    const prefix = `${/ledger=([^&]+)/.exec(store)?.[1]}.`;
    const client = EventStoreDBClient.connectionString(address ?? '');
    const ledger = await openLedger({ store });
    try {
      await ledger.execute({ command: 'registerPayer', id: 'p', payerId: 'uo', name: 'Управление' });
      await client.setStreamMetadata(`${prefix}~p`, { maxCount: 1 });
      const { findings } = await ledger.verify();
      expect(findings).toEqual(['stream ~p: its metadata have the server hide events: $maxCount 1']);
    } finally {
      await ledger.close();
      await client.dispose();
    }
  });
});
