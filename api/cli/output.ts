import { LedgerError } from '../../src/index.ts';
import type { Interruption } from './interruption.ts';

/** How much is gathered before it is handed to the stream. */
const CHUNK = 65_536;

/** Thrown when nobody reads the output any more (`… | head`): the call has nothing left to do. */
export class ReaderGone extends Error {
  constructor() {
    super('nobody reads the output any more');
    this.name = 'ReaderGone';
  }
}

/** Standard output: gathers small writes, waits while the reader is slow, and lets signals in. */
export class Output {
  readonly #stream: NodeJS.WriteStream;
  readonly #interruption: Interruption;
  #waiting: string[] = [];
  #size = 0;
  #gone = false;
  #failed: Error | undefined;
  readonly #note = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') this.#gone = true;
    else this.#failed = error;
  };

  constructor(stream: NodeJS.WriteStream, interruption: Interruption) {
    this.#stream = stream;
    this.#interruption = interruption;
    stream.on('error', this.#note);
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Writes, or throws: ReaderGone when nobody reads any more, Interrupted after Ctrl-C. */
  async write(text: string): Promise<void> {
    this.#waiting.push(text);
    this.#size += text.length;
    if (this.#size < CHUNK) return;
    await this.flush();
    this.#interruption.check();
    if (this.#gone) throw new ReaderGone();
  }

  /** Writes at once what a call tells of work it goes on with, read or not. */
  offer(text: string): Promise<void> {
    this.#waiting.push(text);
    return this.flush();
  }

  /** Writes bytes behind what was written before, under the same conditions. */
  async bytes(chunk: Uint8Array): Promise<void> {
    await this.flush();
    this.#interruption.check();
    if (this.#gone) throw new ReaderGone();
    await new Promise<void>((resolve) => this.#stream.write(chunk, () => resolve()));
  }

  line(text: string): Promise<void> {
    return this.write(`${text}\n`);
  }

  json(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value));
  }

  /** Hands over what is gathered and waits until it is taken. Does not mind that nobody reads any more. */
  async flush(): Promise<void> {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#size = 0;
    if (text !== '' && !this.#gone) {
      await new Promise<void>((resolve) => this.#stream.write(text, () => resolve()));
    }
    // A reader that takes everything at once would otherwise never let a signal in.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#failed === undefined) return;
    const { message } = this.#failed;
    throw new LedgerError('store.unavailable', `the output could not be written: ${message}`, { cause: this.#failed });
  }
}
