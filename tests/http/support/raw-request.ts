import { connect } from 'node:net';

/** An answer as it came over the socket. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a connection has answered until it was closed: none, one or several. */
export interface Exchange {
  readonly answers: readonly RawAnswer[];
  /** Whether nobody had closed the connection within the patience of whoever asked. */
  readonly hung: boolean;
}

/** Sends bytes as they are and half-closes; reads until the other side closes. */
export function exchange(port: number, bytes: string | Buffer, patience = 10_000): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const pieces: Buffer[] = [];
    const done = (hung: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answers: answersIn(Buffer.concat(pieces)), hung });
    };
    const timer = setTimeout(() => done(true), patience);
    socket.on('data', (piece) => pieces.push(piece));
    // Whoever is refused early may find the connection reset while it still sends.
    socket.on('error', () => done(false));
    socket.on('end', () => done(false));
    socket.end(bytes);
  });
}

/** The text of a request, with its length; a header that is empty is left out. */
export function requestText(
  line: string,
  headers: Readonly<Record<string, string | number>> = {},
  body: string | Buffer = '',
): Buffer {
  const length = Buffer.byteLength(body);
  const all = { Host: 'ledger', Connection: 'close', ...(length > 0 ? { 'Content-Length': length } : {}), ...headers };
  const given = Object.entries(all).filter(([, value]) => value !== '');
  const head = given.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${line}\r\n${head.join('')}\r\n`, 'latin1'), Buffer.from(body)]);
}

function answersIn(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const [first = '', ...fields] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      fields.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      }),
    );
    const status = Number(first.split(' ')[1]);
    rest = rest.subarray(end + 4);
    const body = headers['transfer-encoding'] === 'chunked' ? unchunked(rest) : plain(rest, headers['content-length']);
    answers.push({ status, headers, body: body.text.toString('utf8') });
    rest = rest.subarray(body.length);
  }
  return answers;
}

function plain(bytes: Buffer, length: string | undefined): { text: Buffer; length: number } {
  const text = bytes.subarray(0, length === undefined ? 0 : Number(length));
  return { text, length: text.length };
}

function unchunked(bytes: Buffer): { text: Buffer; length: number } {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = bytes.indexOf('\r\n', at);
    const size = line < 0 ? 0 : Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16);
    if (!(size > 0)) return { text: Buffer.concat(pieces), length: line < 0 ? bytes.length : line + 4 };
    pieces.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
