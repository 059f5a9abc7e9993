import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RequestError } from '../request-error.ts';

/** Where results wait that nobody has read yet. */
export interface SpoolOptions {
  /** For the temporary file; that of the system where it is left out. */
  readonly folder?: string | undefined;
  /** How many bytes may wait on disk at most. */
  readonly limit?: number | undefined;
}

/** So much waits in memory; the rest waits on disk. */
const IN_MEMORY = 1024 * 1024;
const BYTES_PER_READING = 256 * 1024;
const DEFAULT_LIMIT = 8 * 1024 ** 3;

/**
 * Text on its way to a reader who may not read before he has sent everything: what he does not take waits in memory, and
 * beyond that in a temporary file. One writes, one reads.
 */
export class Spool {
  readonly #folder: string;
  readonly #limit: number;
  /** Older than anything in the file. */
  readonly #memory: Buffer[] = [];
  #inMemory = 0;
  #file: FileHandle | undefined;
  #writing = false;
  #written = 0;
  #read = 0;
  /** What the disk did not take; it comes after the file. */
  #unkept: Buffer | undefined;
  /** What comes last of all; there is nothing more to write then. */
  #last: Buffer | undefined;
  #abandoned = false;
  #closed: Promise<void> | undefined;
  #news = Promise.withResolvers<void>();

  constructor({ folder = tmpdir(), limit = DEFAULT_LIMIT }: SpoolOptions = {}) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /**
   * Takes text. Errors: `server.disk_full` where it has to wait on disk and the disk does not take it; it is given to the
   * reader all the same, but nothing may be written after it besides {@link end}.
   */
  async write(text: string): Promise<void> {
    if (text === '' || this.#abandoned) return;
    const bytes = Buffer.from(text);
    if (this.#read === this.#written && this.#inMemory < IN_MEMORY) {
      this.#memory.push(bytes);
      this.#inMemory += bytes.length;
    } else {
      await this.#keep(bytes);
    }
    this.#news.resolve();
  }

  /** Nothing more comes than this, which needs no disk. */
  end(last = ''): void {
    this.#last = Buffer.from(last);
    this.#news.resolve();
  }

  /** Nobody reads any more: what waits is thrown away, and so is what comes. Resolves when the file is closed. */
  abandon(): Promise<void> {
    this.#abandoned = true;
    this.#memory.length = 0;
    this.#news.resolve();
    // What is being written or read is waited for; the file itself goes with the last that holds it open.
    this.#closed ??= this.#file?.close() ?? Promise.resolve();
    this.#file = undefined;
    return this.#closed;
  }

  /** The text in pieces, in order, until its end. */
  async *read(): AsyncGenerator<Buffer> {
    try {
      while (!this.#abandoned) {
        const piece = this.#fromMemory() ?? (await this.#fromDisk());
        if (piece !== undefined) {
          yield piece;
          continue;
        }
        if (this.#last !== undefined) {
          const rest = Buffer.concat([this.#unkept ?? Buffer.alloc(0), this.#last]);
          if (rest.length > 0) yield rest;
          return;
        }
        await this.#news.promise;
        this.#news = Promise.withResolvers();
      }
    } finally {
      await this.abandon();
    }
  }

  #fromMemory(): Buffer | undefined {
    const piece = this.#memory.shift();
    this.#inMemory -= piece?.length ?? 0;
    return piece;
  }

  async #fromDisk(): Promise<Buffer | undefined> {
    const size = Math.min(BYTES_PER_READING, this.#written - this.#read);
    if (size === 0 || this.#file === undefined) return undefined;
    const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(size), 0, size, this.#read);
    this.#read += bytesRead;
    // The room of what has been read is used again, so that the file is never longer than what waited at once.
    if (this.#read === this.#written && !this.#writing) this.#read = this.#written = 0;
    return buffer.subarray(0, bytesRead);
  }

  async #keep(bytes: Buffer): Promise<void> {
    this.#writing = true;
    try {
      if (this.#written + bytes.length > this.#limit) throw new Error(`more than ${this.#limit} bytes`);
      const file = await this.#opened();
      if (file === undefined) return;
      for (let done = 0; done < bytes.length; ) {
        done += (await file.write(bytes, done, bytes.length - done, this.#written + done)).bytesWritten;
      }
      this.#written += bytes.length;
    } catch (error) {
      if (this.#abandoned) return;
      this.#unkept = bytes;
      throw unkept(error);
    } finally {
      this.#writing = false;
    }
  }

  /** The temporary file, which has no name any more, so that it is gone whatever happens to the process. */
  async #opened(): Promise<FileHandle | undefined> {
    if (this.#file !== undefined) return this.#file;
    const name = join(this.#folder, `certificate-ledger-${randomUUID()}`);
    const file = await open(name, 'wx+', 0o600);
    await unlink(name);
    if (this.#abandoned) await file.close();
    else this.#file = file;
    return this.#file;
  }
}

function unkept(error: unknown): RequestError {
  // The message of a file's error names folders of the server, its code does not.
  const why = error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error);
  const sentence = `results that nobody reads could not be kept on disk (${why}); what stands after the last of them was not begun`;
  return new RequestError('server.disk_full', sentence, { cause: error });
}
