import type { EventStoreDBClient } from '@eventstore/db-client';
import { UnavailableError } from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/store/kurrentdb/connection.ts';

/** What the client does for itself, which nobody else waits for. */
interface Inside {
  getChannel(): Promise<unknown>;
  handleError(failed: { getChannel(): unknown }, error: Error): Promise<void>;
}

describe('when a call fails while the client looks for a node of the cluster and finds none', () => {
  it('tells whoever waits for the node, and leaves no rejection behind that would end the process', async () => {
    const connection = new Connection('esdb://127.0.0.1:1,127.0.0.1:2?tls=false&maxDiscoverAttempts=1');
    const inside = insideOf(connection.client);
    const found = inside.getChannel();
    const handled = inside.handleError({ getChannel: () => undefined }, new UnavailableError());
    await expect(found).rejects.toThrow('Failed to discover');
    await expect(handled).resolves.toBeUndefined();
    await connection.close();
  });
});

function insideOf(client: EventStoreDBClient): Inside {
  return client as unknown as Inside;
}
