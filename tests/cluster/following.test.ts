import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { api } from '../../api/http/app.ts';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { NO_STREAM } from '../../src/store/event-store.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { newEvent, newEvents, wholeLog } from '../support/store/stored-forms.ts';
import { CuttableProxy } from './support/cuttable-proxy.ts';

const address = process.env.KURRENTDB_URL;

describe.skipIf(address === undefined)('following the log of a server (KURRENTDB_URL)', () => {
  const at = address ?? '';
  const closing: (() => Promise<unknown>)[] = [];
  let directory: string;
  let ledgerName: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-cluster-'));
    ledgerName = randomUUID();
  });

  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    rmSync(directory, { recursive: true });
  });

  test('a subscription that is cut again and again goes on without gap or repeat', async () => {
    const proxy = await CuttableProxy.to(at);
    closing.push(() => proxy.close());
    const prefix = `${ledgerName}.`;
    const store = new KurrentDbEventStore(at, { prefix });
    const cut = new KurrentDbEventStore(proxy.address, { prefix });
    closing.push(
      () => store.close(),
      () => cut.close(),
    );
    const stop = new AbortController();
    const seen: string[] = [];
    const states: boolean[] = [];
    const following = (async () => {
      const options = { signal: stop.signal, connected: (isConnected: boolean) => void states.push(isConnected) };
      for await (const events of cut.followed.follow(options)) for (const { position } of events) seen.push(position);
    })();
    for (let round = 0; round < 5; round += 1) {
      for (let stream = 0; stream < 10; stream += 1) await store.append(`${round}-${stream}`, NO_STREAM, newEvents(7));
      proxy.cut();
      await store.append(`${round}-more`, NO_STREAM, [newEvent()]);
    }
    await vi.waitFor(() => expect(seen).toHaveLength(355), 20_000);
    stop.abort();
    await following;
    expect(seen).toEqual((await wholeLog(store, 1000)).map(({ position }) => position));
    expect(states.filter((isConnected) => !isConnected).length).toBeGreaterThanOrEqual(2);
  }, 60_000);

  test('a subscription counts as there when what was in the log before has been taken, also when it begins again', async () => {
    const proxy = await CuttableProxy.to(at);
    closing.push(() => proxy.close());
    const prefix = `${ledgerName}.`;
    const store = new KurrentDbEventStore(at, { prefix });
    const slow = new KurrentDbEventStore(proxy.address, { prefix });
    closing.push(
      () => store.close(),
      () => slow.close(),
    );
    for (let stream = 0; stream < 10; stream += 1) await store.append(`s-${stream}`, NO_STREAM, newEvents(300));
    const stop = new AbortController();
    let [taken, appended, cuts] = [0, 3_000, 0];
    const behindWhenTold: number[] = [];
    const connected = (isConnected: boolean) => {
      if (isConnected) behindWhenTold.push(appended - taken);
    };
    const following = (async () => {
      for await (const events of slow.followed.follow({ signal: stop.signal, connected })) {
        await wait(20);
        taken += events.length;
        if (taken !== 3_000 || cuts > 0) continue;
        cuts += 1;
        proxy.cut();
        await store.append('more', NO_STREAM, newEvents(1_000));
        appended += 1_000;
      }
    })();
    await vi.waitFor(() => expect(taken).toBe(4_000), 20_000);
    await vi.waitFor(() => expect(behindWhenTold.length).toBeGreaterThan(0), 20_000);
    stop.abort();
    await following;
    for (const behind of behindWhenTold) expect(behind).toBe(0);
  }, 60_000);

  test('one of an empty ledger is there at once', async () => {
    const store = new KurrentDbEventStore(at, { prefix: `${ledgerName}.` });
    closing.push(() => store.close());
    const stop = new AbortController();
    const told = Promise.withResolvers<boolean>();
    const following = (async () => {
      for await (const _ of store.followed.follow({ signal: stop.signal, connected: told.resolve })) stop.abort();
    })();
    expect(await told.promise).toBe(true);
    stop.abort();
    await following;
  }, 60_000);

  test('a node shows what it has accepted at once, and another one what it is told the position of', async () => {
    const [one, other] = await Promise.all([open(), open()]);
    for (let number = 1; number <= 60; number += 1) {
      await registerPayer(one, number);
      const own = await one.registryPage('payers', { limit: 100 });
      expect(own.items).toHaveLength(number);
      await other.reach(one.knownPosition ?? expect.unreachable());
      expect((await other.registryPage('payers', { limit: 100 })).items).toHaveLength(number);
    }
  }, 60_000);

  test('a node builds itself from nothing while another writes, and its file is taken up again', async () => {
    const one = await open();
    for (let number = 1; number <= 40; number += 1) await registerPayer(one, number);
    let isWriting = true;
    let written = 40;
    const writing = (async () => {
      while (isWriting) {
        written += 1;
        await registerPayer(one, written);
      }
    })();
    const file = join(directory, 'read-models.db');
    const fresh = await openLedger({ store: named(), readModels: file });
    expect((await fresh.registryPage('payers', { limit: 1000 })).items.length).toBeGreaterThanOrEqual(40);
    await fresh.close();
    const again = await openLedger({ store: named(), readModels: file });
    closing.push(() => again.close());
    isWriting = false;
    await writing;
    await again.reach(one.knownPosition ?? expect.unreachable());
    expect((await again.registryPage('payers', { limit: 1000 })).items).toHaveLength(written);
    expect(await again.eventsBehind()).toBe(0);
    expect(await again.status()).toMatchObject({ events: written, streams: written });
    expect(await again.rebuild()).toEqual(expect.arrayContaining([expect.objectContaining({ unchanged: true })]));
    expect(await again.verify()).toMatchObject({ ok: true, findings: [], events: written });
    // What only reads lays what is missing over the file of a node that serves.
    const reader = await openLedger({ store: named(), readModels: file, readOnly: true });
    closing.push(() => reader.close());
    await registerPayer(one, written + 1);
    expect((await reader.registryPage('payers', { limit: 1000 })).items).toHaveLength(written + 1);
    expect(await reader.status()).toMatchObject({ events: written + 1, streams: written + 1 });
  }, 60_000);

  test('a second process with the same file of read models answers as well, and leaves the file to the first', async () => {
    const readModels = join(directory, 'read-models.db');
    const one = await openLedger({ store: named(), readModels });
    closing.push(() => one.close());
    const other = await openLedger({ store: named(), readModels });
    for (let number = 1; number <= 10; number += 1) {
      await registerPayer(number % 2 === 0 ? one : other, number);
      expect((await other.registryPage('payers')).items).toHaveLength(number);
    }
    await expect(other.rebuild()).rejects.toMatchObject({ code: 'store.locked' });
    await other.close();
    await one.reach(one.knownPosition ?? expect.unreachable());
    await one.catchUp();
    expect(await one.verify()).toMatchObject({ ok: true, findings: [] });
  }, 60_000);

  test('over HTTP a question to a server that stands still is answered 503 with Retry-After, and then as it should', async () => {
    const proxy = await CuttableProxy.to(at);
    closing.push(() => proxy.close());
    const [one, other] = [await open(), await open(named(proxy.address))];
    const [served, behind] = [await serve(one), await serve(other)];
    const { key } = await one.accessKeys.create({ role: 'operator' });
    const authorization = `Bearer ${key}`;
    const accepted = await served.inject({
      method: 'POST',
      url: '/payers',
      headers: { authorization, 'idempotency-key': 'k1' },
      payload: { payerId: 'p1', name: 'УО' },
    });
    expect(accepted.statusCode).toBe(200);
    const position = String(accepted.headers['ledger-position']);
    const ask = () => behind.inject({ url: '/payers/p1', headers: { authorization, 'ledger-position': position } });
    // The key is known there, and the subscription silent, before the question comes.
    expect((await ask()).statusCode).toBe(200);
    const later = await served.inject({
      method: 'POST',
      url: '/payers',
      headers: { authorization, 'idempotency-key': 'k2' },
      payload: { payerId: 'p2', name: 'УО 2' },
    });
    const ahead = `${BigInt(String(later.headers['ledger-position']).split('/')[0] ?? '') + 1_000_000_000n}/0`;
    const refused = await behind.inject({ url: '/payers/p1', headers: { authorization, 'ledger-position': ahead } });
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toMatchObject({ code: 'readmodels.behind' });
    const nonsense = await behind.inject({ url: '/payers/p1', headers: { authorization, 'ledger-position': 'never' } });
    expect(nonsense.statusCode).toBe(400);
    proxy.cut();
    await wait(10);
    const again = await behind.inject({
      url: '/payers/p2',
      headers: { authorization, 'ledger-position': String(later.headers['ledger-position']) },
    });
    expect(again.statusCode).toBe(200);
  }, 60_000);

  function named(server = at): string {
    return `${server}${server.includes('?') ? '&' : '?'}ledger=${ledgerName}`;
  }

  async function open(store = named()): Promise<Ledger> {
    const ledger = await openLedger({ store });
    closing.push(() => ledger.close());
    return ledger;
  }

  async function serve(ledger: Ledger) {
    const app = Fastify();
    await app.register(api, { ledger });
    closing.push(() => app.close());
    return app;
  }
});

async function registerPayer(ledger: Ledger, number: number): Promise<void> {
  await ledger.execute({
    command: 'registerPayer',
    id: `p${number}`,
    payerId: `p${number}`,
    name: `Плательщик ${number}`,
  });
}
