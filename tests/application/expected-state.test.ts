import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payerStream } from '../../src/domain/payer/events.ts';
import type { Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { openNode } from '../support/nodes/node.ts';
import { scheduledStore } from '../support/nodes/scheduled-store.ts';

const stream = payerStream('uo');

async function withPayer(): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const ledger = await openNode(store);
  await ledger.execute({ command: 'registerPayer', id: 'first', payerId: 'uo', name: 'Школа' });
  return store;
}

/** Changes the payer on what the sender has seen; the code of the refusal where it is refused. */
async function change(ledger: Ledger, id: string, revision: number | 'any'): Promise<string> {
  try {
    const command = { command: 'changePayerDetails', id, payerId: 'uo', on: '2020-09-01', inn: id } as const;
    await ledger.execute(command, { expected: { stream, revision } });
    return 'accepted';
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
}

describe('a command on a stream as its sender has seen it', () => {
  // With one ledger both share what is in memory; with two a lost race shows only when the store refuses the append.
  test.each([1, 2])('is accepted from exactly one of two racing senders, on %d ledgers', async (ledgers) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const store = await withPayer();
        const open = (node: string) => scheduler.waitFor(openNode(scheduledStore(store, scheduler, node)));
        const one = await open('one');
        const other = ledgers === 1 ? one : await open('other');
        const sent = Promise.all([change(one, 'a', 0), change(other, 'b', 0)]);
        const answers = await scheduler.waitFor(sent);
        expect(answers.toSorted()).toEqual(['accepted', 'stream.changed']);
        expect((await store.head(stream))?.revision).toBe(1);
      }),
      { numRuns: 20 },
    );
  });
});
