import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command, Ledger } from '../../src/index.ts';
import { LedgerError, openLedger } from '../../src/index.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { appendInFlight, contentsOf } from '../support/cluster/appends-in-flight.ts';
import { Cluster } from '../support/cluster/cluster.ts';
import { call } from '../support/cluster/command-line.ts';
import { trialLedger, trialPrefix } from '../support/cluster/trial.ts';

const file = process.env.KURRENTDB_NODES;
/** Within how many milliseconds a call has to end while the servers are stopped. */
const PATIENCE = 45_000;

describe.skipIf(file === undefined)('when the servers are stopped and started (KURRENTDB_NODES)', () => {
  let cluster: Cluster;
  let ledger: Ledger;

  beforeAll(async () => {
    cluster = new Cluster(file ?? '');
    await cluster.whole();
    ledger = await openLedger({ store: trialLedger(cluster.address, 'stop') });
    await ledger.execute(payer('before'));
  }, 120_000);
  afterAll(async () => {
    await ledger?.close();
    await cluster.startAll();
  }, 120_000);

  test('commands and questions say so meanwhile, and the same ledger goes on by itself afterwards', async () => {
    for (const node of cluster.nodes) await cluster.kill(node, 'SIGTERM');
    const during = payer('during');
    const failures = await Promise.all([
      failureOf(() => ledger.execute(during)),
      failureOf(() => ledger.revisionOf('payer-before')),
      failureOf(() => openLedger({ store: trialLedger(cluster.address, 'stop-opened') })),
    ]);
    for (const failure of failures) {
      expect(failure.code).toBe('store.unavailable');
      expect(failure.milliseconds).toBeLessThan(PATIENCE);
    }
    expect(failures[0]?.message).toContain('the same command id may be sent again');

    await cluster.startAll();
    const { replayed } = await recovered(() => ledger.execute(during));
    expect(replayed).toBe(false);
    expect((await ledger.execute(payer('before'))).replayed).toBe(true);
    expect((await ledger.execute(payer('after'))).replayed).toBe(false);
    expect((await ledger.registryPage('payers')).items.map(({ payerId }) => payerId)).toEqual([
      'after',
      'before',
      'during',
    ]);
    expect(await ledger.verify()).toMatchObject({ ok: true, findings: [] });
  }, 240_000);

  test('a command that waits when they come back is done', async () => {
    for (const node of cluster.nodes) await cluster.kill(node);
    const waiting = ledger.execute(payer('waiting')).then(
      ({ replayed }) => ({ replayed }),
      (error: unknown) => error,
    );
    await cluster.startAll();
    // It was done while it waited, or its sender was told to send it again.
    const answer = await waiting;
    if (answer instanceof Error) expect(answer).toMatchObject({ code: 'store.unavailable' });
    else expect(answer).toEqual({ replayed: false });
    const again = await recovered(() => ledger.execute(payer('waiting')));
    expect(again.replayed).toBe(!(answer instanceof Error));
  }, 240_000);

  test('and 64 appends are on their way, each is accepted in the end, once and at its revision', async () => {
    const store = new KurrentDbEventStore(cluster.address, { prefix: trialPrefix('killed') });
    const appending = appendInFlight(store, 's', { streams: 64, events: 60, again: recovered });
    await wait(300);
    for (const node of cluster.nodes) await cluster.kill(node);
    await cluster.startAll();
    const accepted = await appending;
    expect(await recovered(() => contentsOf(store, [...accepted.keys()]))).toEqual(accepted);
    await store.close();
  }, 240_000);
});

describe.skipIf(file === undefined && process.env.KURRENTDB_URL === undefined)('when there is no server', () => {
  test(
    'opening and the command line say so, and in what time',
    async () => {
      // Port 1 is nobody's.
      const store = 'esdb://127.0.0.1:1?tls=false';
      const [opened, called] = await Promise.all([
        failureOf(() => openLedger({ store })),
        call('balances', '--store', store),
      ]);
      expect(opened).toMatchObject({ code: 'store.unavailable' });
      expect(opened.milliseconds).toBeLessThan(PATIENCE);
      expect(called).toMatchObject({
        exitCode: 2,
        text: '',
        errors: expect.stringMatching(/^store\.unavailable: .*\n$/),
      });
    },
    2 * PATIENCE,
  );
});

function payer(payerId: string): Command & { command: 'registerPayer' } {
  return { command: 'registerPayer', id: `register-${payerId}`, payerId, name: 'Управление образования' };
}

async function failureOf(work: () => Promise<unknown>) {
  const begun = performance.now();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { code: error.code, message: error.message, milliseconds: performance.now() - begun };
  }
  throw new Error('the call did not fail');
}

/** The same ledger is asked again until it answers. */
async function recovered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (const patience = AbortSignal.timeout(PATIENCE); ; await wait(200)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'store.unavailable' || patience.aborted) throw error;
    }
  }
}
