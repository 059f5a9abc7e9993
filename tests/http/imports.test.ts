import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultLine } from './support/import-client.ts';
import { startImport } from './support/import-client.ts';
import type { Served } from './support/served.ts';
import { serve } from './support/served.ts';

const payer = { command: 'registerPayer', id: 'p', payerId: 'uo', name: 'Управление' };
const group = { command: 'defineCertificateGroup', id: 'g', payerId: 'uo', groupId: 'g', name: 'г', kind: 'funding' };

let served: Served;
let operator: string;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-spool-'));
  served = await serve({ spool: { folder, limit: 64 * 1024 * 1024 } });
  operator = await served.authorization({ role: 'operator' });
});
afterEach(async () => {
  await served.close();
  expect(openSpools()).toEqual([]);
  rmSync(folder, { recursive: true });
});

/** Temporary files of this test; where the system tells it, also those without a name that something holds open. */
function openSpools(): string[] {
  const descriptors = '/proc/self/fd';
  const held = existsSync(descriptors)
    ? readdirSync(descriptors)
        .map((number) => join(descriptors, number))
        .filter((link) => lstatSync(link, { throwIfNoEntry: false }) !== undefined)
        .map((link) => readlinkSync(link))
    : [];
  return [...readdirSync(folder), ...held.filter((name) => name.startsWith(folder))];
}

/** What cannot be let go of, in bytes. */
function memoryHeld(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function eventTypes(): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of served.ledger.events()) types.push(type);
  return types.filter((type) => !type.startsWith('AccessKey'));
}

describe('when a command file is sent', () => {
  it('answers each line as the command line does, also those that are refused or no JSON', async () => {
    const file = startImport(served.port, operator);
    file.send(payer, '\n', { ...payer, id: 'q' }, '{"command":\n', payer, '{"command":"x","id":"5","id":"6"}');
    file.end();
    expect(await file.status()).toBe(200);
    expect(await file.rest()).toMatchObject([
      { line: 1, id: 'p', ok: true, replayed: false, events: ['PayerRegistered'], outcome: {} },
      { line: 3, id: 'q', ok: false, error: { code: 'payer.already_exists' } },
      { line: 4, ok: false, error: { code: 'command.invalid' } },
      { line: 5, id: 'p', ok: true, replayed: true, events: ['PayerRegistered'] },
      { line: 6, ok: false, error: { code: 'command.invalid', message: 'id: is there twice' } },
    ]);
  });

  it('answers a line before it waits for the next one', async () => {
    const file = startImport(served.port, operator);
    file.send(payer);
    expect(await file.next()).toMatchObject({ line: 1, ok: true });
    file.send(JSON.stringify(group));
    file.send('\n');
    expect(await file.next()).toMatchObject({ line: 2, ok: true });
    file.end();
    expect(await file.next()).toBeUndefined();
  });

  it('stops at the first refusal when asked to', async () => {
    const file = startImport(served.port, operator, '?stopOnError=true');
    file.send(group, payer);
    file.end();
    expect(await file.rest()).toMatchObject([{ line: 1, ok: false, error: { code: 'payer.not_found' } }]);
    expect(await eventTypes()).toEqual([]);
  });

  it("takes each line's time with clock=file, from an operator alone", async () => {
    const old = { ...payer, at: '2026-03-02T09:00:01Z', by: 'clerk' };
    const file = startImport(served.port, operator, '?clock=file');
    file.send(old);
    file.end();
    expect(await file.rest()).toMatchObject([{ line: 1, ok: true }]);
    for await (const event of served.ledger.events({ personal: true })) {
      if (event.type === 'PayerRegistered') expect(event).toMatchObject({ recordedAt: old.at, by: 'clerk' });
    }
    const other = await served.authorization({ role: 'payer', payerId: 'uo' });
    const refused = startImport(served.port, other, '?clock=file');
    refused.end();
    expect(await refused.status()).toBe(403);
  });

  it('ends at a line that is not UTF-8 with a last line that says so; what stood before is done', async () => {
    const file = startImport(served.port, operator);
    file.send(payer, Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), group);
    file.end();
    const lines = await file.rest();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ line: 1, ok: true });
    expect(lines[1]).toMatchObject({ error: { code: 'query.invalid', message: 'the body line 2 is not UTF-8' } });
    expect(await eventTypes()).toEqual(['PayerRegistered']);
  });
});

describe('when a payer sends a command file', () => {
  it('authorises each command by itself, keeps its ids apart and knows who sent it', async () => {
    await served.ledger.executeUnknown(payer);
    await served.ledger.executeUnknown({ ...payer, id: 'p2', payerId: 'other' });
    const { key } = await served.ledger.accessKeys.create({ role: 'payer', payerId: 'uo', keyId: 'k1' });
    const file = startImport(served.port, `Bearer ${key}`);
    const { id: _, ...nameless } = group;
    file.send(
      { ...group, id: 'p' },
      { ...group, id: 'a', payerId: 'other' },
      { ...payer, id: 'b', payerId: 'third' },
      { ...nameless, groupId: 'h' },
      { ...group, id: 'c', groupId: 'h', by: 'somebody' },
    );
    file.end();
    expect(await file.rest()).toMatchObject([
      { line: 1, id: 'p', ok: true, replayed: false },
      { line: 2, id: 'a', ok: false, error: { code: 'access.denied' } },
      { line: 3, id: 'b', ok: false, error: { code: 'access.denied' } },
      { line: 4, ok: false, error: { code: 'command.invalid', message: 'id: is missing or no string' } },
      { line: 5, id: 'c', ok: false, error: { code: 'command.invalid' } },
    ]);
    const made: unknown[] = [];
    for await (const { type, commandId, by } of served.ledger.events({ personal: true })) {
      if (type === 'CertificateGroupDefined') made.push({ commandId, by });
    }
    expect(made).toEqual([{ commandId: 'payer:uo:p', by: 'key:k1' }]);
  });
});

describe('when the sender goes away in the middle', () => {
  it('keeps what was accepted, begins nothing more and holds nothing open', async () => {
    const file = startImport(served.port, operator);
    file.send(payer);
    expect(await file.next()).toMatchObject({ ok: true });
    // A whole command without its line feed: nobody can tell whether it was all of it.
    file.send(JSON.stringify(group));
    await wait(20);
    file.abort();
    await served.app.close();
    expect(await eventTypes()).toEqual(['PayerRegistered']);
  });
});

describe('when the server stops in the middle', () => {
  it('says so in a last line, and does not wait for the rest of the file', async () => {
    const file = startImport(served.port, operator);
    file.send(payer);
    expect(await file.next()).toMatchObject({ ok: true });
    const closed = served.app.close();
    expect(await file.rest()).toMatchObject([{ error: { code: 'server.stopping' } }]);
    await closed;
  });
});

describe('when the key is revoked in the middle', () => {
  it('ends, and says why in a last line', async () => {
    const file = startImport(served.port, await served.authorization({ role: 'operator', keyId: 'short' }));
    file.send(payer);
    expect(await file.next()).toMatchObject({ ok: true });
    await served.ledger.accessKeys.revoke('short');
    expect(await file.rest()).toMatchObject([{ error: { code: 'access.unauthenticated' } }]);
    file.abort();
  });
});

describe('when a client reads nothing before it has sent everything', () => {
  const MEBIBYTE = 1024 * 1024;

  it('takes 50 MiB in flat memory, and answers every line when it reads at last', async () => {
    // Each line is echoed with its id, so that as much comes back as was sent.
    const line = `{"id":"${'x'.repeat(8 * 1024 - 10)}"}\n`;
    const piece = Buffer.from(line.repeat(MEBIBYTE / line.length));
    const pieces = 50;
    const end = Buffer.from(JSON.stringify(payer));
    const socket = connect(served.port, '127.0.0.1');
    socket.pause();
    // The answer to HTTP/1.0 comes as it is, up to the end of the connection.
    socket.write(
      `POST /imports HTTP/1.0\r\nAuthorization: ${operator}\r\nContent-Type: application/x-ndjson\r\n` +
        `Content-Length: ${pieces * piece.length + end.length}\r\n\r\n`,
    );
    const before = memoryHeld();
    for (let sent = 0; sent < pieces; sent += 1) {
      if (!socket.write(piece)) await once(socket, 'drain');
    }
    socket.write(end);
    while ((await served.ledger.revisionOf('payer-uo')) === undefined) await wait(10);
    // With the results kept in memory it would be more than all that was sent.
    expect((memoryHeld() - before) / MEBIBYTE).toBeLessThan(30);
    const answered: number[] = [];
    for await (const text of createInterface({ input: socket })) {
      if (text.startsWith('{')) answered.push((JSON.parse(text) as ResultLine).line ?? 0);
    }
    expect(answered).toEqual(answered.map((_, index) => index + 1));
    expect(answered).toHaveLength((pieces * piece.length) / line.length + 1);
  });

  it('ends the import with a last line when the disk is full', async () => {
    await served.close();
    served = await serve({ spool: { folder, limit: 4 * MEBIBYTE } });
    operator = await served.authorization({ role: 'operator' });
    const file = startImport(served.port, operator);
    file.send(`{"id":"${'x'.repeat(8 * 1024)}"}\n`.repeat(5_000), payer);
    file.end();
    await file.allSent();
    const lines = await file.rest();
    expect(lines.at(-1)).toMatchObject({ error: { code: 'server.disk_full' } });
    expect(lines.at(-1)?.error?.message).toContain('could not be kept on disk');
    // Everything that was answered is answered without a gap, and the rest of the file was not begun.
    expect(lines.slice(0, -1).map(({ line }) => line)).toEqual(lines.slice(0, -1).map((_, index) => index + 1));
    expect(await eventTypes()).toEqual([]);
  });
});
