import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { LedgerError } from '../../src/kernel/errors.ts';
import { NO_STREAM } from '../../src/store/event-store.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import type { Contents } from '../support/cluster/appends-in-flight.ts';
import { appendInFlight, contentsOf } from '../support/cluster/appends-in-flight.ts';
import { trialPrefix } from '../support/cluster/trial.ts';
import { newEvent } from '../support/store/stored-forms.ts';
import { CuttableProxy } from './support/cuttable-proxy.ts';

const address = process.env.KURRENTDB_URL;

describe.skipIf(address === undefined)('when appends are on their way (KURRENTDB_URL)', () => {
  const at = address ?? '';
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  test('and the connection is cut again and again, each is accepted, once and at its revision', async () => {
    const proxy = await CuttableProxy.to(at);
    closing.push(() => proxy.close());
    const prefix = trialPrefix('cut');
    const [cut, undisturbed] = [open(prefix, proxy.address), open(prefix)];
    const appending = Promise.all([
      appendInFlight(cut, 'cut', { streams: 64, events: 30 }),
      appendInFlight(undisturbed, 'undisturbed', { streams: 64, events: 30 }),
    ]);
    for (let round = 0; round < 6; round += 1) {
      await wait(100);
      proxy.cut();
      // Another client of the process that goes, with an append that is out.
      const other = open(prefix, proxy.address);
      const last = other.append(`other-${round}`, NO_STREAM, [newEvent()]).catch(codeOf);
      await other.close();
      expect([undefined, 'store.unavailable', 'ledger.closed']).toContain(await last);
    }
    const [ofCut, ofUndisturbed] = await appending;
    const stored = await contentsOf(undisturbed, [...ofCut.keys(), ...ofUndisturbed.keys()]);
    expect(stored).toEqual(new Map([...ofCut, ...ofUndisturbed]));
  }, 60_000);

  test('and the store is closed, what is sent is accepted and what is not is refused', async () => {
    const prefix = trialPrefix('closed');
    const store = open(prefix);
    await store.append('first', NO_STREAM, [newEvent()]);
    const names = Array.from({ length: 64 }, (_, index) => `s-${index}`);
    const out = names.map((name) => store.append(name, NO_STREAM, [newEvent({ id: `event-of-${name}` })]));
    // They are sent in the next turn of the process.
    await wait(1);
    await store.close();
    await Promise.all(out);
    await expect(store.append('late', NO_STREAM, [newEvent()])).rejects.toMatchObject({ code: 'ledger.closed' });
    const stored = await contentsOf(open(prefix), [...names, 'late']);
    const sent: Contents = new Map(names.map((name) => [name, [`event-of-${name}`]]));
    expect(stored).toEqual(new Map([...sent, ['late', []]]));
  }, 30_000);

  test('and the server does not answer, a closed store says that the same may be sent again', async () => {
    const proxy = await CuttableProxy.to(at);
    closing.push(() => proxy.close());
    const store = open(trialPrefix('silent'), proxy.address);
    await store.append('first', NO_STREAM, [newEvent()]);
    proxy.hold();
    const out = store.append('second', NO_STREAM, [newEvent()]).catch((error: unknown) => error);
    await wait(50);
    const begun = performance.now();
    await store.close();
    expect(performance.now() - begun).toBeLessThan(4_000);
    expect(await out).toMatchObject({
      code: 'store.unavailable',
      message: expect.stringContaining('the same command id may be sent again'),
    });
  }, 30_000);

  test('and one is longer than the server takes, that is told, and the others are none the worse', async () => {
    const store = open(trialPrefix('long'));
    const long = newEvent({ data: JSON.stringify('x'.repeat(1_100_000)) });
    const refused = store.append('long', NO_STREAM, [long]);
    const other = store.append('other', NO_STREAM, [newEvent()]);
    await expect(refused).rejects.toMatchObject({
      code: 'command.invalid',
      message: expect.stringContaining('1048576'),
    });
    await other;
    await store.append('long', NO_STREAM, [newEvent()]);
  }, 30_000);

  test('and answered, they do not keep a process that has nothing else to do', async () => {
    const text = `
      import { KurrentDbEventStore } from ${JSON.stringify(new URL('../../src/store/kurrentdb/kurrentdb-event-store.ts', import.meta.url).href)};
      const store = new KurrentDbEventStore(${JSON.stringify(at)}, { prefix: ${JSON.stringify(trialPrefix('left'))} });
      await store.append('s', -1, [{ id: 'e', type: 'SomethingHappened', metadata: '{}', data: '{}', hash: 'h' }]);
      console.log('appended');
    `;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--no-warnings', '-e', text], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const watch = setTimeout(() => child.kill(), 20_000);
    let written = '';
    child.stdout.on('data', (part) => {
      written += part;
    });
    const [code] = await once(child, 'close');
    clearTimeout(watch);
    expect({ code, written }).toEqual({ code: 0, written: 'appended\n' });
  }, 30_000);

  function open(prefix: string, where = at): KurrentDbEventStore {
    const store = new KurrentDbEventStore(where, { prefix });
    closing.push(() => store.close());
    return store;
  }
});

function codeOf(error: unknown): string {
  if (error instanceof LedgerError) return error.code;
  throw error;
}
