import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { createInterface } from 'node:readline';

/** A result line, as far as tests look at it. */
export interface ResultLine {
  readonly line?: number;
  readonly id?: unknown;
  readonly ok?: boolean;
  readonly replayed?: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

/** An import on its way, of which nothing has been sent yet. */
export function startImport(port: number, authorization: string, query = '') {
  const sent = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: `/imports${query}`,
    headers: { authorization, 'content-type': 'application/x-ndjson' },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  answer.catch(() => undefined);
  let lines: AsyncIterator<string> | undefined;
  return {
    /** Sends command lines, each an object, or text as it is. */
    send(...commands: readonly (object | string | Buffer)[]): void {
      for (const command of commands) {
        const plain = typeof command === 'string' || Buffer.isBuffer(command);
        sent.write(plain ? command : `${JSON.stringify(command)}\n`);
      }
    },
    end(): void {
      sent.end();
    },
    /** Resolves when the socket has taken the whole file. */
    async allSent(): Promise<void> {
      if (!sent.writableFinished) await once(sent, 'finish');
    },
    abort(): void {
      sent.destroy();
    },
    async status(): Promise<number | undefined> {
      return (await answer).statusCode;
    },
    /** The next result line; none at the end. */
    async next(): Promise<ResultLine | undefined> {
      lines ??= createInterface({ input: await answer })[Symbol.asyncIterator]();
      const { value, done } = await lines.next();
      return done === true ? undefined : (JSON.parse(value) as ResultLine);
    },
    /** All result lines there are still to come. */
    async rest(): Promise<ResultLine[]> {
      const found: ResultLine[] = [];
      for (let line = await this.next(); line !== undefined; line = await this.next()) found.push(line);
      return found;
    },
  };
}
