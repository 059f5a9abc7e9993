import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { copyStore } from '../../src/copy-ledger.ts';
import { chainHash } from '../../src/events/chain.ts';
import type { NewEvent } from '../../src/events/envelope.ts';
import type { Ledger, LedgerCopy } from '../../src/index.ts';
import { copyLedger, openLedger } from '../../src/index.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { commandSequence } from '../support/arbitraries/commands.ts';
import { collect, send } from '../support/naive-model/ledger-answers.ts';
import { faultyStore } from '../support/nodes/faulty-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';
import { wholeLog, withoutPosition } from '../support/store/stored-forms.ts';

/** A file is the embedded store; the other stands for a server, where streams may overtake each other. */
const targets = {
  'a file': () => new SqliteEventStore(':memory:'),
  'a shared store': () => new MemoryEventStore({ shared: true }),
};

describe.each(Object.entries(targets))('a log copied into %s', (_, newTarget) => {
  test('answers as the source does, whatever was recorded', async () => {
    await fc.assert(
      fc.asyncProperty(commandSequence, async (commands) => {
        const source = new MemoryEventStore();
        const ledger = await openNode(source, '2031-01-01T00:00:00Z');
        for (const command of commands) await send(ledger, command);
        const target = newTarget();
        const copied = await copyStore(source, target);
        const { digest, position } = await ledger.verify();
        expect(copied).toMatchObject({ ok: true, differences: [], digest, upTo: position });
        const copy = await openNode(target, '2031-01-01T00:00:00Z');
        expect(await answersOf(copy)).toEqual(await answersOf(ledger));
        expect(await copy.verify()).toMatchObject({ ok: true, findings: [], digest });
        for (const command of commands) {
          expect(await send(copy, command)).toEqual(await send(ledger, command));
        }
        await target.close();
      }),
      { numRuns: 4, seed: 20_201_124, endOnFailure: true },
    );
  });

  test.each([1, 2, 7, 14, 15])(
    'interrupted at append %i and gone on with, it holds everything once',
    async (number) => {
      const source = await learnedWorld();
      const target = newTarget();
      const faulty = faultyStore(target, number, number % 2 === 0 ? 'before' : 'after');
      await expect(copyStore(source, faulty.store)).rejects.toMatchObject({ code: 'store.unavailable' });
      const copied = await copyStore(source, target);
      expect(copied).toMatchObject({ ok: true, differences: [] });
      expect(copied.appended).toBeLessThan(copied.events);
      expect(await contentOf(target)).toEqual(await contentOf(source));
    },
  );

  test('copied again it appends nothing, and then what has been recorded since', async () => {
    const source = await schoolWorld();
    const target = newTarget();
    const first = await copyStore(source, target);
    expect(await copyStore(source, target)).toEqual({ ...first, appended: 0 });
    const ledger = await openNode(source);
    await ledger.executeUnknown({ ...block('k1', '01'), id: 'later' });
    const { events } = await ledger.verify();
    expect(await copyStore(source, target)).toMatchObject({ ok: true, events, appended: events - first.events });
  });

  test('a target with other events is refused before anything is written, by stream and revision', async () => {
    const source = await schoolWorld();
    const target = newTarget();
    await copyStore(source, target);
    const before = await (await openNode(source)).verify();
    const moved = await openNode(target);
    await moved.executeUnknown({ ...block('k1', '01'), id: 'on the copy' });
    await (await openNode(source)).executeUnknown({ ...block('k2', '02'), id: 'on the source' });
    const held = await contentOf(target);
    const refused = copyStore(source, target);
    await expect(refused).rejects.toMatchObject({ code: 'copy.other_ledger' });
    await expect(refused).rejects.toThrow(/stream \S+ has at revision \d+/);
    expect(await contentOf(target)).toEqual(held);
    expect(held.length).toBeGreaterThan(before.events);
  });

  test('an invoice that was cut before the move is issued after it without what came after the cut', async () => {
    const late = { ...lesson('late', '2020-09-15', 'k1'), id: 'late' };
    const source = await cutWithoutIssuing(await learnedWorld(), late);
    const target = newTarget();
    await copyStore(source, target);
    const moved = await answersOf(await openNode(target, '2020-10-02T09:00:00Z'));
    // Two contracts of 100.00 with one lesson of four each; the lesson that came late is the next month's.
    expect(moved.invoices).toMatchObject([{ number: 'club-2020-0001', total: '50.00' }]);
    expect(moved).toEqual(await answersOf(await openNode(source, '2020-10-02T09:00:00Z')));
  });
});

describe('streams that overtake each other on their way into a shared store', () => {
  /** The last event of a log stays the last in any case. */
  const another = { command: 'registerPayer', payerId: 'another', name: 'Ещё один' };

  test('do not bring a refused attendance back that was recorded later', async () => {
    const source = await learnedWorld();
    const ledger = await openNode(source);
    await ledger.executeUnknown({ ...lesson('l2', '2020-09-08', 'k1', 'k3'), id: 'too early' });
    await ledger.executeUnknown({ ...block('k3', '03'), id: 'block k3' });
    await ledger.executeUnknown({ ...lesson('l2', '2020-09-08', 'k3'), id: 'again' });
    await ledger.executeUnknown({ ...another, id: 'another' });
    expect(await copyStore(source, new MemoryEventStore({ shared: true }))).toMatchObject({
      ok: true,
      differences: [],
    });
  });

  test('do not change what an invoice says of its payer, even where both were recorded at one instant', async () => {
    const source = await learnedWorld();
    const ledger = await openNode(source, '2020-10-01T09:00:00Z');
    await ledger.executeUnknown({ command: 'issueInvoices', id: 'september', month: '2020-09', on: '2020-10-01' });
    const renamed = { command: 'changePayerDetails', payerId: 'uo', on: '2020-10-01', name: 'Департамент' };
    await ledger.executeUnknown({ ...renamed, id: 'renamed' });
    await ledger.executeUnknown({ ...another, id: 'another' });
    const target = new MemoryEventStore({ shared: true });
    await copyStore(source, target);
    const [document] = await collect((await openNode(target)).invoiceDocuments());
    expect(document?.payer.name).toBe('Управление');
  });
});

describe('a log that several nodes wrote, whose times decrease from one stream to another', () => {
  const early = { id: 'early', recordedAt: '2020-09-01T08:00:00Z', payerId: 'early' };
  const late = { id: 'late', recordedAt: '2020-09-01T09:00:00Z', payerId: 'late' };

  test('is sound in a file as well, and whatever is recorded there comes after all of it', async () => {
    const source = new MemoryEventStore({ shared: true });
    for (const payer of [late, early]) await source.append(`payer-${payer.payerId}`, -1, [registered(payer)]);
    const target = new SqliteEventStore(':memory:');
    expect(await copyStore(source, target)).toMatchObject({ ok: true });
    const ledger = await openNode(target, '2020-09-01T08:30:00Z');
    await ledger.executeUnknown({
      command: 'changePayerDetails',
      id: 'c',
      payerId: 'late',
      on: '2020-09-01',
      name: 'x',
    });
    expect(await ledger.verify()).toMatchObject({ ok: true, findings: [] });
    const [, changed] = await target.read('payer-late');
    expect(JSON.parse(changed?.metadata ?? '')).toMatchObject({ recordedAt: late.recordedAt });
    await target.close();
  });

  test('which is no licence within a stream', async () => {
    const source = new MemoryEventStore({ shared: true });
    const first = registered(late);
    await source.append('payer-late', -1, [first]);
    await source.append('payer-early', -1, [registered(early)]);
    await source.append('payer-late', 0, [renamed(first)]);
    const target = new SqliteEventStore(':memory:');
    await copyStore(source, target);
    expect((await (await openNode(target)).verify()).findings).toEqual([
      'position 3: recorded at 2020-09-01T08:00:00Z, before 2020-09-01T09:00:00Z',
    ]);
    await target.close();
  });

  test('one whose times never decrease leaves no such mark', async () => {
    const target = new SqliteEventStore(':memory:');
    await copyStore(await schoolWorld(), target);
    expect(target.timesByStreamUpTo).toBeUndefined();
    await target.close();
  });

  function registered({ id, recordedAt, payerId }: typeof early): NewEvent {
    const metadata = JSON.stringify({ recordedAt, commandId: id, bodyDigest: id });
    const rest = { zone: 'Europe/Moscow', chargedStatuses: ['attended', 'absent'] };
    const data = JSON.stringify({ effectiveOn: '2020-09-01', payerId, name: payerId, ...rest });
    const event = { id, type: 'PayerRegistered', metadata, data };
    return { ...event, hash: chainHash('', `payer-${payerId}`, 0, event) };
  }

  function renamed(after: NewEvent): NewEvent {
    const metadata = JSON.stringify({ recordedAt: early.recordedAt, commandId: 'renamed', bodyDigest: 'renamed' });
    const data = JSON.stringify({ effectiveOn: '2020-09-01', name: 'другое' });
    const event = { id: 'renamed', type: 'PayerDetailsChanged', metadata, data };
    return { ...event, hash: chainHash(after.hash, 'payer-late', 1, event) };
  }
});

describe('copyLedger', () => {
  test('copies beside the source’s writer, ends when it is told to, and goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-copy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [from, to] = [`sqlite:${join(folder, 'a.db')}`, `sqlite:${join(folder, 'b.db')}`];
    const source = await openLedger({ store: from });
    await source.execute({ command: 'registerPayer', id: 'p', payerId: 'uo', name: 'Управление' });
    await expect(copyLedger({ from, to, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    const steps: unknown[] = [];
    const copied: LedgerCopy = await copyLedger({ from, to, progress: (...step) => steps.push(step) });
    const { digest } = await source.verify();
    expect(copied).toMatchObject({ ok: true, streams: 1, events: 1, commands: 1, digest });
    expect(steps).toEqual(
      expect.arrayContaining([
        ['copy', 1, 1],
        ['compare', 1, 1],
      ]),
    );
    await source.close();
    const copy = await openLedger({ store: to });
    expect(await copy.rebuild()).toMatchObject(
      copied.projections.map(({ projection, rows, digest }) => ({ projection, rows, digest })),
    );
    await copy.close();
  });

  test.each([
    ['sqlite:x.db', 'sqlite:./x.db', /the source itself/],
    ['memory:', 'sqlite:x.db', /memory/],
    ['sqlite:x.db', 'nowhere', /no store|no ledger/],
  ])('refuses %s to %s', async (from, to, sentence) => {
    await expect(copyLedger({ from, to })).rejects.toThrow(sentence);
  });
});

async function learnedWorld(): Promise<MemoryEventStore> {
  const source = await schoolWorld();
  const ledger = await openNode(source);
  for (const [index, certificateId] of ['01', '02'].entries()) {
    const contractId = `k${index + 1}`;
    await ledger.executeUnknown({ ...block(contractId, certificateId), id: `block ${contractId}` });
  }
  await ledger.executeUnknown({ ...lesson('l1', '2020-09-07', 'k1', 'k2', 'nobody'), id: 'l1' });
  return source;
}

/** The month's invoicing has ended after a number was reserved and before its invoice was issued; others went on. */
async function cutWithoutIssuing(
  world: MemoryEventStore,
  meanwhile: Record<string, unknown>,
): Promise<MemoryEventStore> {
  for (let appendNumber = 1; ; appendNumber += 1) {
    const source = await copyOf(world);
    const others = await openNode(source, '2020-10-01T09:00:00Z');
    const faulty = faultyStore(source, appendNumber, 'after');
    const node = await openNode(faulty.store, '2020-10-01T09:00:00Z');
    const issue = { command: 'issueInvoices', id: 'september', month: '2020-09', on: '2020-10-01' };
    await expect(node.executeUnknown(issue)).rejects.toMatchObject({ code: 'store.unavailable' });
    const types = (await wholeLog(source)).map(({ type }) => type);
    expect(types).not.toContain('InvoiceIssued');
    if (!types.includes('InvoiceNumberReserved')) continue;
    await others.executeUnknown(meanwhile);
    return source;
  }
}

async function contentOf(store: EventStore) {
  const events = (await wholeLog(store)).map(withoutPosition);
  return events.toSorted((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.revision - b.revision));
}

async function answersOf(ledger: Ledger) {
  return { balances: await collect(ledger.balances()), invoices: await collect(ledger.invoices()) };
}
