import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerError } from '../../src/index.ts';
import { compareCodePoints } from '../../src/kernel/order.ts';
import { RENDERER_VERSION } from './renderer-version.ts';

/** The file that names all others with their digests. */
export const SUMS_FILE = 'SHA256SUMS';
const UNFINISHED = '.unfinished';
const SUM = /^[0-9a-f]{64} {2}(.+)$/;

/**
 * A folder that holds one set of documents and is written as a whole. Until `finish` nothing in it changes: a run that was
 * stopped leaves the folder as it was, beside a folder of unfinished files that the next run throws away.
 */
export class DocumentFolder {
  readonly #folder: string;
  readonly #head: string;
  readonly #digests = new Map<string, string>();

  /**
   * `set` says which documents they are, on one line. Errors: `query.invalid` when the folder holds another set, since
   * putting this one in its place would remove it.
   */
  constructor(folder: string, set: string) {
    this.#folder = folder;
    this.#head = `# ${set}`;
    const other = this.#lines().find((line) => line.startsWith('# documents ') && line !== this.#head);
    if (other !== undefined) {
      throw new LedgerError('query.invalid', `${folder} holds ${other.slice(2)}; take another folder for ${set}`);
    }
    rmSync(this.#unfinished, { recursive: true, force: true });
    mkdirSync(this.#unfinished, { recursive: true });
  }

  /** Adds a file to the set. */
  add(file: string, bytes: Uint8Array): void {
    if (this.#digests.has(file)) throw new RangeError(`${file} is written twice`);
    writeFileSync(join(this.#unfinished, file), bytes, { flush: true });
    this.#digests.set(file, hash('sha256', bytes, 'hex'));
  }

  /** How many files the set has so far. */
  get size(): number {
    return this.#digests.size;
  }

  /** Puts the set in the place of an earlier one: files only the earlier one had are removed. */
  finish(): void {
    const before = this.#listed();
    const sums = [...this.#digests].sort(([a], [b]) => compareCodePoints(a, b));
    const text = sums.map(([file, digest]) => `${digest}  ${file}\n`).join('');
    const head = `${this.#head}\n# renderer ${RENDERER_VERSION}\n`;
    writeFileSync(join(this.#unfinished, SUMS_FILE), head + text, { flush: true });
    for (const [file] of sums) renameSync(join(this.#unfinished, file), join(this.#folder, file));
    for (const file of before) if (!this.#digests.has(file)) rmSync(join(this.#folder, file), { force: true });
    // Last of all, so that what it lists is there whenever it is.
    renameSync(join(this.#unfinished, SUMS_FILE), join(this.#folder, SUMS_FILE));
    this.discard();
  }

  /** Throws away what has not been finished. */
  discard(): void {
    rmSync(this.#unfinished, { recursive: true, force: true });
  }

  get #unfinished(): string {
    return join(this.#folder, UNFINISHED);
  }

  /** The files an earlier set has named; a name that leads out of the folder is none of ours. */
  #listed(): readonly string[] {
    return this.#lines()
      .flatMap((line) => SUM.exec(line)?.[1] ?? [])
      .filter((name) => !/[/\\]/.test(name) && name !== '..' && name !== '.');
  }

  #lines(): readonly string[] {
    const file = join(this.#folder, SUMS_FILE);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  }
}
