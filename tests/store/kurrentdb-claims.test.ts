import { describe, expect, test } from 'vitest';
import { CommandRecordedError } from '../../src/store/event-store.ts';
import { Claims } from '../../src/store/kurrentdb/claims.ts';
import { StreamNames } from '../../src/store/kurrentdb/stream-names.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { newEvent } from '../support/store/stored-forms.ts';

const names = new StreamNames('ledger.');

/** A server that keeps streams in memory. */
function server() {
  const store = new MemoryEventStore({ shared: true });
  const streams = {
    async append(name: string, _stream: string, expected: number, events: Parameters<typeof store.append>[2]) {
      await store.append(
        name,
        expected,
        events.map(({ recordOf: _, ...event }) => event),
      );
      return undefined;
    },
    read: (name: string, _stream: string, from: number, limit: number) => store.read(name, { from, limit }),
  };
  return { streams, claims: new Claims(streams, names) };
}

/** Claims the id for an event whose place another then takes, so often. */
async function claimInVain({ streams, claims }: ReturnType<typeof server>, times: number): Promise<void> {
  for (let revision = 0; revision < times; revision += 1) {
    await claims.claim('c', 'certificate-01', revision - 1, [newEvent({ recordOf: 'c' })]);
    await streams.append(names.ofStream('certificate-01'), 'certificate-01', revision - 1, [newEvent()]);
  }
}

describe('when an id has been claimed in vain more often than a page holds', () => {
  test('it is claimed again, its record is found, and nobody else gets it', async () => {
    const town = server();
    await claimInVain(town, 101);
    const record = newEvent({ recordOf: 'c' });
    await town.claims.claim('c', 'certificate-02', -1, [record]);
    await town.streams.append(names.ofStream('certificate-02'), 'certificate-02', -1, [record]);
    expect(await town.claims.record('c')).toMatchObject({ id: record.id });
    await expect(town.claims.claim('c', 'certificate-03', -1, [newEvent({ recordOf: 'c' })])).rejects.toThrow(
      CommandRecordedError,
    );
  });
});
