import { randomUUID } from 'node:crypto';
import { describe, test } from 'vitest';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { storeContract } from '../support/store/store-contract.ts';

const address = process.env.KURRENTDB_URL;

if (address === undefined) {
  describe('the event store on a server', () => {
    test.skip('is not tested: KURRENTDB_URL names no EventStoreDB or KurrentDB server', () => undefined);
  });
} else {
  storeContract('on a server', () => {
    const prefix = `contract-${randomUUID()}.`;
    return { open: () => new KurrentDbEventStore(address, { prefix }), keeps: true, remove: () => undefined };
  });
}
