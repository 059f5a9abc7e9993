import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cutSilentConnections } from '../../api/http/service/silent-connections.ts';

const SILENCE = 60;
/** More than the buffers of both ends of a connection take. */
const LARGE = 64 * 1024 * 1024;

describe('when nothing moves on a connection', () => {
  let app: FastifyInstance;
  let socket: Socket;
  let answered: string;

  beforeEach(async () => {
    app = Fastify();
    cutSilentConnections(app, SILENCE);
    app.addContentTypeParser('application/x-ndjson', (_request, body, done) => done(null, body));
    app.get('/slow', async () => {
      await wait(5 * SILENCE);
      return 'done';
    });
    app.post('/unread', async () => {
      await wait(5 * SILENCE);
      return 'done';
    });
    app.post('/read', async ({ body }) => {
      for await (const _ of body as AsyncIterable<Buffer>);
      return 'done';
    });
    app.get('/large', async () => Buffer.alloc(LARGE));
    app.get('/endless', async () => Readable.from(endless()));
    await app.listen({ port: 0, host: '127.0.0.1' });
    socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    socket.setEncoding('utf8');
    answered = '';
    await once(socket, 'connect');
  });

  afterEach(async () => {
    socket.destroy();
    await app.close();
  });

  async function answerTo(request: string): Promise<string> {
    socket.on('data', (text: string) => {
      answered += text;
    });
    socket.write(request);
    await once(socket, 'close');
    return answered;
  }

  test('a command that takes long is answered', async () => {
    const answer = await answerTo('GET /slow HTTP/1.1\r\nHost: ledger\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 200 OK.*done$/su);
  });

  test('a body that waits for the server is no silence of the sender', async () => {
    const head =
      'POST /unread HTTP/1.1\r\nHost: ledger\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n';
    expect(await answerTo(`${head}{}\n`)).toMatch(/^HTTP\/1.1 200 OK.*done$/su);
  });

  test('a sender that falls silent within its body is cut', async () => {
    const head =
      'POST /read HTTP/1.1\r\nHost: ledger\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n';
    expect(await answerTo(`${head}{}\n`)).toBe('');
  });

  test.each([
    ['whole', '/large'],
    ['in pieces', '/endless'],
  ])('a reader that does not take its answer, given %s, is cut', async (_, path) => {
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ledger\r\n\r\n`);
    const [, answer] = (await once(app.server, 'request')) as [unknown, ServerResponse];
    await once(answer, 'close');
    expect(answer.writableFinished).toBe(false);
  });

  test('a connection without a request is cut', async () => {
    expect(await answerTo('')).toBe('');
  });
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024);
}
