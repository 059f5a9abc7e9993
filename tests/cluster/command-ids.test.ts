import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LedgerError, openLedger } from '../../src/index.ts';
import { ConflictError, NO_STREAM } from '../../src/store/event-store.ts';
import { Claims } from '../../src/store/kurrentdb/claims.ts';
import { Connection } from '../../src/store/kurrentdb/connection.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { StreamNames } from '../../src/store/kurrentdb/stream-names.ts';
import { Streams } from '../../src/store/kurrentdb/streams.ts';
import { newEvent } from '../support/store/stored-forms.ts';

const address = process.env.KURRENTDB_URL;

describe.skipIf(address === undefined)('command ids on a server (KURRENTDB_URL)', () => {
  const at = address ?? '';
  const freshPrefix = () => `ids-${randomUUID()}.`;

  test('an id that was claimed by a process that ended before its append is free for the same stream', async () => {
    const prefix = freshPrefix();
    const connection = new Connection(at);
    const names = new StreamNames(prefix);
    const lost = newEvent({ recordOf: 'c1' });
    await new Claims(new Streams(connection), names).claim('c1', 's', NO_STREAM, [lost]);
    const store = new KurrentDbEventStore(at, { prefix });
    expect(await store.commandRecord('c1')).toBeUndefined();
    const again = newEvent({ recordOf: 'c1' });
    await store.append('s', NO_STREAM, [again]);
    expect(await store.commandRecord('c1')).toMatchObject({ id: again.id, revision: 0 });
    await store.close();
    await connection.close();
  });

  test('one that may still be recorded in another stream is not given away', async () => {
    const prefix = freshPrefix();
    const connection = new Connection(at);
    const claims = new Claims(new Streams(connection), new StreamNames(prefix));
    await claims.claim('c1', 's', NO_STREAM, [newEvent({ recordOf: 'c1' })]);
    const elsewhere = claims.claim('c1', 't', NO_STREAM, [newEvent({ recordOf: 'c1' })]);
    await expect(elsewhere).rejects.toMatchObject({ code: 'store.unavailable' });
    await connection.close();
  });

  test('one that was left so by a node that ended is used after its stream was fenced, and what was on its way never comes', async () => {
    const ledgerName = randomUUID();
    const connection = new Connection(at);
    const names = new StreamNames(`${ledgerName}.`);
    const left = newEvent({ recordOf: 'c1' });
    await new Claims(new Streams(connection), names).claim('c1', 'payer-left', NO_STREAM, [left]);
    const ledger = await openLedger({ store: `${at}${at.includes('?') ? '&' : '?'}ledger=${ledgerName}` });
    const command = { command: 'registerPayer', id: 'c1', payerId: 'uo', name: 'Управление' } as const;
    expect(await ledger.execute(command)).toMatchObject({ replayed: false, events: ['PayerRegistered'] });
    const late = new Streams(connection).append(names.ofStream('payer-left'), 'payer-left', NO_STREAM, [left]);
    await expect(late).rejects.toBeInstanceOf(ConflictError);
    expect(await ledger.execute(command)).toMatchObject({ replayed: true });
    expect((await ledger.verify()).findings).toEqual([]);
    await ledger.close();
    await connection.close();
  });

  test('one sent to two nodes at once is applied once, and with two bodies at most one is accepted', async () => {
    const store = `${at}${at.includes('?') ? '&' : '?'}ledger=${randomUUID()}`;
    const nodes = await Promise.all([openLedger({ store }), openLedger({ store })]);
    const give = async (node: number, name: string) => {
      try {
        const { replayed } = await (nodes[node] ?? expect.unreachable()).execute({
          command: 'registerPayer',
          id: `payer-${name.slice(0, 2)}`,
          payerId: name.slice(0, 2),
          name,
        });
        return replayed ? 'replayed' : 'applied';
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        return error.code;
      }
    };
    for (let round = 10; round < 20; round += 1) {
      const same = await Promise.all([give(0, `${round} same`), give(1, `${round} same`)]);
      expect(same.toSorted()).toEqual(['applied', 'replayed']);
    }
    for (let round = 20; round < 30; round += 1) {
      const two = await Promise.all([give(0, `${round} one`), give(1, `${round} other`)]);
      expect(two.filter((answer) => answer === 'applied')).toHaveLength(1);
      expect(two.filter((answer) => answer !== 'applied')).toEqual(['idempotency.key_reused']);
    }
    expect(await nodes[0].verify()).toMatchObject({ ok: true, findings: [], events: 20 });
    for (const node of nodes) await node.close();
  });
});
