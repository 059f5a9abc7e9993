import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serve } from '../../api/server.ts';
import type { Command, Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { failToStart, serveBy, startServer } from '../support/http/server-process.ts';

const UNTIL_KILLED = 20;

describe('when the server runs in a process of its own', () => {
  let folder: string;
  let store: string;
  let key: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-server-'));
    store = `sqlite:${join(folder, 'ledger.db')}`;
    key = await withLedger(async (ledger) => {
      for (const command of SET_UP) await ledger.execute(command);
      return (await ledger.accessKeys.create({ role: 'operator' })).key;
    });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function withLedger<Answer>(work: (ledger: Ledger) => Promise<Answer>): Promise<Answer> {
    const ledger = await openLedger({ store });
    try {
      return await work(ledger);
    } finally {
      await ledger.close();
    }
  }

  const headers = (id: string) => ({
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'idempotency-key': id,
  });

  /** Issues certificates one after another until the connection breaks, and answers those that were acknowledged. */
  async function issueUntilGone(url: string, sender: number, acknowledged: string[]): Promise<void> {
    for (let number = 0; ; number += 1) {
      const id = `${sender}-${number}`;
      const body = JSON.stringify(certificateFields(id));
      const answer = await fetch(`${url}/certificates`, { method: 'POST', headers: headers(id), body }).catch(() => {});
      if (answer?.status !== 200) return;
      await answer.json().then(
        () => acknowledged.push(id),
        () => undefined,
      );
    }
  }

  /** How many of the acknowledged certificates a ledger opened later knows as done. */
  function replayed(acknowledged: readonly string[]): Promise<number> {
    return withLedger(async (ledger) => {
      let known = 0;
      for (const id of acknowledged) {
        const command = { command: 'issueCertificate', id, ...certificateFields(id) } as const;
        if ((await ledger.execute(command)).replayed) known += 1;
      }
      return known;
    });
  }

  test('SIGTERM lets a request on its way finish and takes no new ones; what was answered is there', async () => {
    const server = await startServer({ LEDGER_STORE: store });
    const acknowledged: string[] = [];
    const senders = [1, 2, 3].map((sender) => issueUntilGone(server.url, sender, acknowledged));
    const slow = await halfSent(server.url, headers('slow'), JSON.stringify(certificateFields('slow')));
    while (acknowledged.length < UNTIL_KILLED) await new Promise((resolve) => setTimeout(resolve, 5));
    server.kill('SIGTERM');
    await loggedLine(server.log, 'stopping');
    expect(await slow.finish()).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await server.ended).toBe(0);
    await Promise.all(senders);
    expect(server.log.filter(({ level }) => level === 'warn')).toEqual([]);
    expect(await replayed([...acknowledged, 'slow'])).toBe(acknowledged.length + 1);
  });

  test('killed in the midst of its work it has lost nothing that was answered, and starts again', async () => {
    const server = await startServer({ LEDGER_STORE: store });
    const acknowledged: string[] = [];
    const senders = [1, 2, 3].map((sender) => issueUntilGone(server.url, sender, acknowledged));
    while (acknowledged.length < UNTIL_KILLED) await new Promise((resolve) => setTimeout(resolve, 5));
    server.kill('SIGKILL');
    expect(await server.ended).toBe('SIGKILL');
    await Promise.all(senders);

    const again = await startServer({ LEDGER_STORE: store });
    for (const id of acknowledged.slice(-3)) {
      const body = JSON.stringify(certificateFields(id));
      const answer = await fetch(`${again.url}/certificates`, { method: 'POST', headers: headers(id), body });
      expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    }
    // Somebody who never finishes keeps the server from stopping by itself; a second signal does not wait for them.
    await halfSent(again.url, headers('never'), '{"certificateId":');
    again.kill('SIGTERM');
    await loggedLine(again.log, 'stopping');
    await new Promise((resolve) => setTimeout(resolve, 400));
    again.kill('SIGTERM');
    expect(await again.ended).toBe(143);
    expect(await replayed(acknowledged)).toBe(acknowledged.length);
  });

  test('served by the command line, those who do not finish are cut off after the time that is allowed', async () => {
    const server = await serveBy({ SHUTDOWN_TIMEOUT: '0' }, '--db', join(folder, 'ledger.db'));
    await halfSent(server.url, headers('never'), '{"certificateId":');
    server.kill('SIGINT');
    expect(await server.ended).toBe(0);
  });

  test('a wrong setting ends it with code 2 and a sentence', async () => {
    const { exitCode, errors } = await failToStart({ LEDGER_STORE: 'memory:', PORT: 'http' });
    expect(exitCode).toBe(2);
    expect(errors).toBe('query.invalid: PORT: http is not allowed, it takes a port from 0 to 65535\n');
  });

  test('a ledger that another process writes is not served', async () => {
    await withLedger(() =>
      expect(serve({ LEDGER_STORE: store, PORT: '0' })).rejects.toThrow('another process is writing'),
    );
  });

  test('an address that somebody else listens on is named, and the ledger left as it was', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const serving = serve({ LEDGER_STORE: store, PORT: String(port), LOG_LEVEL: 'silent' });
    await expect(serving).rejects.toThrow(`127.0.0.1:${port} cannot be listened on`);
    await new Promise((resolve) => other.close(resolve));
    expect(await withLedger(async (ledger) => (await ledger.status()).events)).toBe(SET_UP.length + 1);
  });

  test('without a key it does not listen where other machines can reach it', async () => {
    const serving = serve({ LEDGER_STORE: 'memory:', PORT: '0', HOST: '0.0.0.0' });
    await expect(serving).rejects.toThrow(/^HOST: 0\.0\.0\.0 .* keys create --role operator/);
  });
});

const SET_UP: readonly Command[] = [
  { command: 'registerPayer', id: 'payer', payerId: 'uo', name: 'МАОУ СОШ № 5' },
  { command: 'defineCertificateGroup', id: 'group', payerId: 'uo', groupId: 'g', name: 'дети', kind: 'accounting' },
];

function certificateFields(certificateId: string) {
  return { certificateId, payerId: 'uo', groupId: 'g', holderId: 'h', birthDate: '2012-05-20', issuedOn: '2020-01-10' };
}

/** A request whose body breaks off in the middle until it is finished; the answer is all that comes until the end. */
async function halfSent(url: string, headers: Record<string, string>, body: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  socket.on('error', () => undefined);
  let received = '';
  socket.on('data', (text: string) => {
    received += text;
  });
  const lines = Object.entries({ host: hostname, 'content-length': String(Buffer.byteLength(body) + 1), ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  await new Promise((resolve) => socket.write(`POST /certificates HTTP/1.1\r\n${head}\r\n${body}`, resolve));
  return {
    async finish(): Promise<string> {
      const ended = new Promise((resolve) => socket.once('close', resolve));
      socket.write(' ');
      await ended;
      return received;
    },
  };
}

async function loggedLine(log: readonly { readonly msg: string }[], beginning: string): Promise<void> {
  while (!log.some(({ msg }) => msg.startsWith(beginning))) await new Promise((resolve) => setTimeout(resolve, 5));
}
