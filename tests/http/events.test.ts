import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportedEvent } from '../../src/index.ts';
import type { Sender, Town } from './support/open-town.ts';
import { openTown } from './support/open-town.ts';

const EVENT_STREAM = 'text/event-stream';

let town: Town;
let port = 0;

beforeAll(async () => {
  town = await openTown({ heartbeat: 20 });
  await town.app.listen({ host: '127.0.0.1', port: 0 });
  port = (town.app.server.address() as AddressInfo).port;
});
afterAll(() => town.close());

async function eventsSeenBy(as: Sender, query = ''): Promise<ExportedEvent[]> {
  const { body, statusCode } = await town.get(`/events${query}`, { as });
  expect(statusCode, body).toBe(200);
  return body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ExportedEvent]));
}

async function everything(personal = false): Promise<ExportedEvent[]> {
  const events: ExportedEvent[] = [];
  for await (const event of town.ledger.events({ personal })) events.push(event);
  return events;
}

/** What a server-sent event says. */
interface Sent {
  readonly id: string;
  readonly event: string;
  readonly data: ExportedEvent;
}

/** Follows the log over a socket; comments are counted apart. */
async function follow(as: Sender, { query = '', headers = {} }: { query?: string; headers?: object } = {}) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const authorization = `Bearer ${town.keys[as]}`;
    const asked = { host: '127.0.0.1', port, path: `/events${query}` };
    request({ ...asked, headers: { accept: EVENT_STREAM, authorization, ...headers } }, resolve)
      .once('error', reject)
      .end();
  });
  const events: Sent[] = [];
  const comments: string[] = [];
  let ended = false;
  const reading = async () => {
    let fields: Record<string, string> = {};
    for await (const line of createInterface({ input: answer })) {
      const colon = line.indexOf(': ');
      if (line.startsWith(':')) comments.push(line.slice(2));
      else if (line !== '') fields[line.slice(0, colon)] = line.slice(colon + 2);
      else if (fields.data !== undefined) {
        events.push({ id: fields.id ?? '', event: fields.event ?? '', data: JSON.parse(fields.data) });
        fields = {};
      }
    }
    ended = true;
  };
  reading().catch((error: unknown) => comments.push(String(error)));
  return {
    answer,
    events,
    comments,
    isEnded: () => ended,
    async has(count: number): Promise<void> {
      for (let patience = 500; events.length < count && patience > 0; patience -= 1) await wait(5);
      expect(events).toHaveLength(count);
    },
    leave(): void {
      answer.destroy();
    },
  };
}

describe('the log as JSON Lines', () => {
  it('is given from its beginning, with a cursor on every event from which it goes on', async () => {
    const all = await everything();
    expect(await eventsSeenBy('operator')).toEqual(all);
    const [first, second] = await eventsSeenBy('operator', '?limit=2');
    expect([first, second]).toEqual(all.slice(0, 2));
    expect(await eventsSeenBy('operator', `?after=${second?.cursor}&limit=3`)).toEqual(all.slice(2, 5));
  });

  it('leaves out what discloses a person unless it is asked for', async () => {
    const issued = (events: readonly ExportedEvent[]) => events.find(({ type }) => type === 'CertificateIssued')?.data;
    expect(issued(await eventsSeenBy('operator'))).not.toHaveProperty('validUntil');
    expect(issued(await eventsSeenBy('operator', '?personal=true'))).toHaveProperty('validUntil');
    expect(issued(await eventsSeenBy('payer-uo', '?personal=true'))).toHaveProperty('validUntil');
    expect((await town.get('/events?personal=true', { as: 'auditor-uo' })).statusCode).toBe(403);
  });

  it.each([
    ['?after=nonsense', 400, 'query.invalid'],
    ['?after=', 400, 'query.invalid'],
    ['?limit=0', 400, 'request.invalid'],
    ['?limit=1e3', 400, 'request.invalid'],
    ['?other=1', 400, 'request.invalid'],
    ['?personal=yes', 400, 'request.invalid'],
  ])('refuses %s and names it', async (query, status, code) => {
    const answer = await town.get(`/events${query}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code });
    expect(answer.json().detail).toMatch(/^(after|limit|other|personal): /);
  });

  it('has no other form than the two', async () => {
    const answer = await town.get('/events', { headers: { accept: 'text/html' } });
    expect(answer.statusCode).toBe(406);
    expect(answer.json().detail).toContain('application/x-ndjson or text/event-stream');
  });
});

describe("a payer's events", () => {
  it.each(['payer-uo', 'auditor-uo'] as const)('%s sees its own, and nothing that is of nobody', async (sender) => {
    const all = await everything();
    const seen = await eventsSeenBy(sender);
    const streams = new Set(seen.map(({ stream }) => stream.split('-')[0]));
    expect([...streams].toSorted()).toEqual(['agreement', 'certificate', 'invoices', 'payer']);
    // The town's ids tell whose they are: what is not of `uo` is of `dp`.
    const certificates = new Map(
      all.flatMap(({ type, stream, data }) => (type === 'CertificateIssued' ? [[stream, data.payerId] as const] : [])),
    );
    const agreements = new Map(
      all.flatMap(({ type, stream, data }) => (type === 'AgreementConcluded' ? [[stream, data.payerId] as const] : [])),
    );
    const own = all.filter(
      ({ stream }) =>
        stream === 'payer-uo' ||
        stream.startsWith('invoices-uo/') ||
        certificates.get(stream) === 'uo' ||
        agreements.get(stream) === 'uo',
    );
    expect(seen).toEqual(own);
    expect(seen.length).toBeLessThan(all.length);
  });

  it('are not told to another payer, and a provider has none', async () => {
    const own = new Set((await eventsSeenBy('payer-uo')).map(({ cursor }) => cursor));
    const foreign = await eventsSeenBy('payer-dp');
    expect(foreign.length).toBeGreaterThan(0);
    expect(foreign.filter(({ cursor }) => own.has(cursor))).toEqual([]);
    expect((await town.get('/events', { as: 'provider-cdt' })).statusCode).toBe(403);
  });

  it('are counted by a limit, not those that are passed over', async () => {
    expect(await eventsSeenBy('payer-dp', '?limit=2')).toEqual((await eventsSeenBy('payer-dp')).slice(0, 2));
  });
});

describe('whoever follows the log', () => {
  it('sees what there is, then what comes, and heartbeats between', async () => {
    const all = await everything();
    const follower = await follow('operator');
    expect(follower.answer.headers['content-type']).toBe(EVENT_STREAM);
    await follower.has(all.length);
    expect(follower.events.map(({ data }) => data)).toEqual(all);
    expect(follower.events[0]).toMatchObject({ id: all[0]?.cursor, event: all[0]?.type });
    const { length } = follower.comments;
    for (let patience = 200; follower.comments.length < length + 2 && patience > 0; patience -= 1) await wait(5);
    expect(follower.comments.length).toBeGreaterThanOrEqual(length + 2);
    const key = await town.ledger.accessKeys.create({ role: 'operator' });
    await follower.has(all.length + 1);
    expect(follower.events.at(-1)).toMatchObject({ event: 'AccessKeyCreated', data: { data: { keyId: key.keyId } } });
    follower.leave();
  });

  it('goes on after the last event it has seen, whatever the address says', async () => {
    const all = await everything();
    const last = all.at(-3)?.cursor ?? '';
    const follower = await follow('operator', { query: '?after=1', headers: { 'last-event-id': last } });
    await follower.has(2);
    expect(follower.events.map(({ data }) => data)).toEqual(all.slice(-2));
    follower.leave();
  });

  it('sees only what is its own, live too', async () => {
    const own = await eventsSeenBy('payer-dp');
    const follower = await follow('payer-dp');
    await follower.has(own.length);
    const details = { command: 'changePayerDetails', on: '2026-03-01', name: 'Другое' } as const;
    await town.ledger.execute({ ...details, id: 'uo-name', payerId: 'uo' });
    await town.ledger.execute({ ...details, id: 'dp-name', payerId: 'dp' });
    await follower.has(own.length + 1);
    expect(follower.events.at(-1)?.data).toMatchObject({ stream: 'payer-dp', commandId: 'dp-name' });
    follower.leave();
  });

  it('is refused a cursor that is none before anything has begun', async () => {
    const follower = await follow('operator', { headers: { 'last-event-id': 'nonsense' } });
    expect(follower.answer.statusCode).toBe(400);
    follower.leave();
  });

  it('is let go when its key is revoked, and sees nothing of what comes later', async () => {
    const key = await town.ledger.accessKeys.create({ role: 'payer', payerId: 'uo', keyId: 'short' });
    const reader = await follow('operator', { headers: { authorization: `Bearer ${key.key}` } });
    await reader.has((await eventsSeenBy('payer-uo')).length);
    await town.ledger.accessKeys.revoke('short');
    for (let patience = 400; !reader.isEnded() && patience > 0; patience -= 1) await wait(5);
    expect(reader.isEnded()).toBe(true);
  });

  it('is let go when the server stops', async () => {
    const reader = await follow('operator');
    await reader.has((await everything()).length);
    await town.app.close();
    for (let patience = 200; !reader.isEnded() && patience > 0; patience -= 1) await wait(5);
    expect(reader.isEnded()).toBe(true);
  });
});
