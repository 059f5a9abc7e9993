import type { Batch, Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import { parseInstant } from '../../src/kernel/instant.ts';
import { jsonObject } from '../json-object.ts';

/** How many commands share one wait for the disk. */
const COMMANDS_PER_COMMIT = 1_000;
/** Result lines of so many characters are told without waiting for more: some outcomes are long. */
const LONGEST_TELLING = 1024 * 1024;

/** The part of a ledger that an import needs. */
export interface ImportLedger extends Pick<Ledger, 'executeUnknown'> {
  batch(): Pick<Batch, 'flush'>;
}

/** Who gives the commands of an import, where the file does not say it all. */
export interface ImportSender {
  /** The command as the ledger is given it, and by whom. Throws where it is not the sender's to give. */
  prepare(command: Readonly<Record<string, unknown>>): Promise<GivenCommand>;
  /** What a refusal tells that is not the ledger's own; none for a failure, which ends the import. */
  refusalOf(error: unknown): Refusal | undefined;
}

/** A command on its way to the ledger. */
export interface GivenCommand {
  readonly command: Readonly<Record<string, unknown>>;
  readonly by?: string;
}

/** Why a line was refused. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** How an import goes. */
export interface ImportOptions {
  /** Takes result lines, each ended by a line feed, when what they tell is durable. */
  readonly tell: (lines: string) => Promise<void>;
  /** Whether each line's `at` is the clock (`--clock file`). */
  readonly historic?: boolean;
  readonly stopOnError?: boolean;
  /** Called after each command with its line; what it throws ends the import, and the rest is not begun. */
  readonly goOn?: (line: number) => void;
  readonly sender?: ImportSender;
}

/** What has become of a command file's lines; blank ones count among the lines alone. */
export interface ImportTally {
  lines: number;
  accepted: number;
  /** Broken rules, and shapes that are wrong. */
  refused: number;
  /** Lines that are not JSON, or no object. */
  unreadable: number;
}

/** One command file on its way through the ledger: a command a line, and a result line for each (SPEC section 10). */
export class ImportRun {
  readonly #ledger: ImportLedger;
  readonly #batch: Pick<Batch, 'flush'>;
  readonly #options: ImportOptions;
  readonly tally: ImportTally = { lines: 0, accepted: 0, refused: 0, unreadable: 0 };
  #results: string[] = [];
  #size = 0;

  constructor(ledger: ImportLedger, options: ImportOptions) {
    this.#ledger = ledger;
    this.#batch = ledger.batch();
    this.#options = options;
  }

  /** Runs the commands, one after another. Whatever ends it, the commands before are done, and their results told. */
  async run(pieces: AsyncIterable<Iterable<string>>): Promise<ImportTally> {
    try {
      await this.#takeAll(pieces);
    } finally {
      await this.tell();
    }
    return this.tally;
  }

  /** Tells the results so far once they are durable; for whoever gives lines and sees that none come at the moment. */
  async tell(): Promise<void> {
    const results = this.#results.join('');
    this.#results = [];
    this.#size = 0;
    // Results of what was lost are never told, not by a later call either.
    await this.#batch.flush();
    await this.#options.tell(results);
  }

  async #takeAll(pieces: AsyncIterable<Iterable<string>>): Promise<void> {
    const { stopOnError = false, goOn } = this.#options;
    for await (const lines of pieces) {
      for (const text of lines) {
        this.tally.lines += 1;
        if (text.trim() === '') continue;
        const ok = await this.#take(text);
        if (this.#results.length >= COMMANDS_PER_COMMIT || this.#size >= LONGEST_TELLING) await this.tell();
        if (!ok && stopOnError) return;
        goOn?.(this.tally.lines);
      }
    }
  }

  async #take(text: string): Promise<boolean> {
    const { tally } = this;
    let id: unknown;
    let read = false;
    try {
      const parsed = jsonObject(text);
      id = parsed.id;
      read = true;
      const { id: _, revision: __, ...done } = await this.#give(parsed);
      tally.accepted += 1;
      this.#note({ line: tally.lines, id, ok: true, ...done });
      return true;
    } catch (error) {
      const refusal = this.#refusalOf(error);
      if (refusal === undefined) throw error;
      if (read) tally.refused += 1;
      else tally.unreadable += 1;
      this.#note({ line: tally.lines, id: echoed(id), ok: false, error: refusal });
      return false;
    }
  }

  async #give(parsed: Record<string, unknown>) {
    const { sender, historic = false } = this.#options;
    const { command, at } = withClock(parsed, historic);
    const given: GivenCommand = sender === undefined ? { command } : await sender.prepare(command);
    return this.#ledger.executeUnknown(given.command, {
      durable: false,
      ...(at === undefined ? {} : { at }),
      ...(given.by === undefined ? {} : { by: given.by }),
    });
  }

  #refusalOf(error: unknown): Refusal | undefined {
    if (!(error instanceof LedgerError)) return this.#options.sender?.refusalOf(error);
    if (error.code.startsWith('store.') || error.code === 'ledger.closed') return undefined;
    return { code: error.code, message: error.message };
  }

  #note(result: Readonly<Record<string, unknown>>): void {
    const text = `${JSON.stringify(result)}\n`;
    this.#results.push(text);
    this.#size += text.length;
  }
}

/** The id as it was sent; one that is a list or an object is none and could be nested deeper than can be written. */
function echoed(id: unknown): unknown {
  return typeof id === 'object' ? undefined : id;
}

function withClock({ at, ...command }: Record<string, unknown>, historic: boolean) {
  if (!historic) {
    if (at !== undefined) {
      throw new LedgerError('command.invalid', "at: is taken only when the file's times are the clock (--clock file)");
    }
    return { command };
  }
  const instant = typeof at === 'string' ? parseInstant(at) : undefined;
  if (instant === undefined)
    throw new LedgerError('command.invalid', 'at: is missing or no instant of the form YYYY-MM-DDThh:mm:ssZ');
  return { command, at: instant };
}
