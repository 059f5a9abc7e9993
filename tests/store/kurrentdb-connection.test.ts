import type { Http2Server, Http2Session } from 'node:http2';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { UnavailableError } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

  it('is replaced once, by whichever call finds out first', async () => {
    const connection = new Connection('esdb://127.0.0.1:1,127.0.0.1:2?tls=false');
    const { client } = connection;
    const lost = new Error('Failed to discover after 50 attempts.');
    await connection.recover(lost, client);
    const next = connection.client;
    expect(next).not.toBe(client);
    await connection.recover(lost, client);
    expect(connection.client).toBe(next);
    await connection.close();
  });
});

describe('when a connection is closed', () => {
  let silentServer: Http2Server;
  let address: string;
  let connected: number;
  const sessions = new Set<Http2Session>();

  beforeEach(async () => {
    connected = 0;
    silentServer = createServer().on('session', (session) => {
      connected += 1;
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    await new Promise<void>((resolve) => silentServer.listen(0, '127.0.0.1', resolve));
    address = `esdb://127.0.0.1:${(silentServer.address() as AddressInfo).port}?tls=false`;
  });

  afterEach(async () => {
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => silentServer.close(resolve));
  });

  it('nothing is asked any more, and no other connection is opened', async () => {
    const connection = new Connection(address);
    const { client } = connection;
    await connection.close();
    const make = vi.fn(async () => 'answer');
    await expect(connection.call(make)).rejects.toMatchObject({ code: 'ledger.closed' });
    expect(make).not.toHaveBeenCalled();
    expect(() => connection.client).toThrow('closed');
    await expect(insideOf(client).getChannel()).rejects.toThrow('closed');
    expect(connected).toBe(0);
  });

  it('a call that was about to be made again is told so at once', async () => {
    const connection = new Connection(address);
    const make = vi.fn().mockRejectedValue(new UnavailableError());
    const call = connection.call(make);
    call.catch(() => undefined);
    await vi.waitFor(() => expect(make).toHaveBeenCalled());
    await connection.close();
    await expect(call).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('an append that has not been sent yet is not sent', async () => {
    const connection = new Connection(address);
    const late = connection.append({ name: 's', expected: -1, events: [] });
    late.catch(() => undefined);
    await connection.close();
    await expect(late).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(connected).toBe(0);
  });

  it('what was open is let go of', async () => {
    const connection = new Connection(address);
    const asked = insideOf(connection.client).getChannel() as Promise<{
      getConnectivityState(connect: boolean): unknown;
    }>;
    (await asked).getConnectivityState(true);
    await vi.waitFor(() => expect(sessions.size).toBe(1));
    await connection.close();
    await vi.waitFor(() => expect(sessions.size).toBe(0));
  });

  it('a read that is cut off by that is not taken for complete', async () => {
    const connection = new Connection(address);
    const reading = readingOf({ event: 1 });
    const read = connection.read(() => reading);
    read.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    const closed = connection.close();
    // As the client does for every read that is under way.
    reading.end();
    await closed;
    await expect(read).rejects.toMatchObject({ code: 'store.unavailable' });
  });
});

describe('a read', () => {
  it('that is not answered is cancelled, and made again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const connection = new Connection('esdb://127.0.0.1:1?tls=false');
    const hanging = readingOf({ event: 1 });
    const answered = readingOf({ event: 1 }, { event: 2 });
    answered.end();
    const begin = vi.fn().mockReturnValueOnce(hanging).mockReturnValueOnce(answered);
    const read = connection.read(begin);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(hanging.isCancelled).toBe(true);
    vi.useRealTimers();
    expect(await read).toEqual([1, 2]);
    await connection.close();
  });

  it('that has found no node yet cannot be cancelled, which leaves no rejection behind that would end the process', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const connection = new Connection('esdb://127.0.0.1:1?tls=false');
    const lost = new Error('Failed to discover after 50 attempts.');
    let cancelled = 0;
    // No mock, which would wait for the rejection by itself.
    const cancel = async () => {
      cancelled += 1;
      throw lost;
    };
    const searching = Object.assign(readingOf(), { cancel });
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const read = connection.read(() => searching, 5_001);
    read.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(cancelled).toBe(1);
    searching.destroy(lost);
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    await expect(read).rejects.toMatchObject({ code: 'store.unavailable' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
    await connection.close();
  });
});

/** A read that has given something and goes on until it is cancelled. */
function readingOf(...given: readonly object[]) {
  const reading = Object.assign(new PassThrough({ objectMode: true }), {
    isCancelled: false,
    cancel: async () => {
      reading.isCancelled = true;
      // The client lets it end like one that is complete.
      reading.end();
    },
  });
  for (const one of given) reading.write(one);
  return reading;
}

describe('a call that is not answered', () => {
  it('is given up when the time is over, in the middle of a try as well', async () => {
    const connection = new Connection('esdb://127.0.0.1:1?tls=false');
    const begun = performance.now();
    await expect(connection.call(() => new Promise(() => undefined), 300)).rejects.toMatchObject({
      code: 'store.unavailable',
    });
    expect(performance.now() - begun).toBeLessThan(1_000);
    let tries = 0;
    const failing = async () => {
      tries += 1;
      if (tries === 1) throw new UnavailableError();
      return new Promise(() => undefined);
    };
    await expect(connection.call(failing, 300)).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(performance.now() - begun).toBeLessThan(2_000);
    await connection.close();
  });
});

function insideOf(client: EventStoreDBClient): Inside {
  return client as unknown as Inside;
}
