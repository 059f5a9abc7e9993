import type { Batch, CommandResult, ExecuteOptions, Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import type { Instant } from '../../src/kernel/instant.ts';
import { CommandsInFlight } from './commands-in-flight.ts';
import type { Standing } from './file-clock.ts';
import { FileClock } from './file-clock.ts';
import type { FileLine, LineAnswer, Refusal } from './file-line.ts';
import { accepted, isAnswered, readLine, refused } from './file-line.ts';

/** How many commands share one wait for the disk. */
const COMMANDS_PER_COMMIT = 1_000;
/** Results wait so long for others at most, in milliseconds; longer than a commit takes by far. */
const LONGEST_WAIT = 1_000;
/** Result lines of so many characters are told without waiting for more: some outcomes are long. */
const LONGEST_TELLING = 1024 * 1024;
/** A command of that time lies before everything recorded. */
const BEFORE_ALL = '0001-01-01T00:00:00Z';

/** The part of a ledger that an import needs. */
export interface ImportLedger extends Pick<Ledger, 'executeUnknown' | 'ownerOf' | 'commandsAtOnce'> {
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

/** How an import goes. */
export interface ImportOptions {
  /** Takes result lines, each ended by a line feed, when what they tell is durable. */
  readonly tell: (lines: string) => Promise<void>;
  /** Whether each line's `at` is the clock (`--clock file`). */
  readonly historic?: boolean;
  readonly stopOnError?: boolean;
  /**
   * Called with the line of each command when that is done or on its way; what it throws ends the import: what is on its
   * way is waited for, and the rest is not begun.
   */
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
  /** Where the ledger is not asked to compare each time with the last one recorded. */
  readonly #clock: FileClock | undefined;
  /** Where several commands are on their way at once. */
  readonly #inFlight: CommandsInFlight | undefined;
  readonly tally: ImportTally = { lines: 0, accepted: 0, refused: 0, unreadable: 0 };
  #results: string[] = [];
  #size = 0;
  #toldAt = performance.now();

  constructor(ledger: ImportLedger, options: ImportOptions) {
    this.#ledger = ledger;
    this.#batch = ledger.batch();
    this.#options = options;
    if (ledger.commandsAtOnce === 1) return;
    this.#clock = options.historic === true ? new FileClock() : undefined;
    // Nothing may be taken after the first refusal, so that every line waits for the one before.
    if (options.stopOnError === true) return;
    this.#inFlight = new CommandsInFlight(ledger, {
      clock: this.#clock,
      answerTo: (line, standing) => this.#answerTo(line, standing),
      answered: (answer) => this.#note(answer),
      authorises: options.sender !== undefined,
    });
  }

  /**
   * Runs the commands, with the outcomes they have one after another. Whatever ends it but a failure of the store, the
   * commands before are done, and their results told; where the store has failed, lines after those told may have been taken.
   */
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
    try {
      await this.#inFlight?.landed();
    } finally {
      await this.#tellNoted();
    }
  }

  async #tellNoted(): Promise<void> {
    const results = this.#results.join('');
    this.#results = [];
    this.#size = 0;
    this.#toldAt = performance.now();
    // Results of what was lost are never told, not by a later call either.
    await this.#batch.flush();
    await this.#options.tell(results);
  }

  async #takeAll(pieces: AsyncIterable<Iterable<string>>): Promise<void> {
    const { historic = false, stopOnError = false, goOn } = this.#options;
    for await (const lines of pieces) {
      for (const text of lines) {
        this.tally.lines += 1;
        if (text.trim() === '') continue;
        const line = readLine(this.tally.lines, text, historic);
        let became: LineAnswer['became'] = 'accepted';
        if (this.#inFlight !== undefined) await this.#inFlight.send(line, text.length);
        else became = this.#note(isAnswered(line) ? line : await this.#answerTo(line, this.#standingOf(line)));
        if (this.#isTimeToTell()) await this.#tellNoted();
        if (became !== 'accepted' && stopOnError) return;
        goOn?.(this.tally.lines);
      }
    }
  }

  #isTimeToTell(): boolean {
    if (this.#results.length >= COMMANDS_PER_COMMIT || this.#size >= LONGEST_TELLING) return true;
    return this.#results.length > 0 && performance.now() - this.#toldAt >= LONGEST_WAIT;
  }

  #standingOf({ at }: FileLine): Standing | undefined {
    return at === undefined ? undefined : this.#clock?.standingOf(at, { waited: true });
  }

  async #answerTo(line: FileLine, standing: Standing | undefined): Promise<LineAnswer> {
    try {
      let recordedAt = line.at;
      const replayed = (then: Instant) => {
        recordedAt = then;
      };
      const done = await this.#give(line, standing, replayed);
      if (recordedAt !== undefined && done.events.length > 0) this.#clock?.moveTo(recordedAt);
      return accepted(line, done);
    } catch (error) {
      const refusal = this.#refusalOf(error);
      if (refusal === undefined) throw error;
      return refused(line, standing?.is === 'back' ? told(refusal, line, standing.last) : refusal);
    }
  }

  #give(
    { command, at }: FileLine,
    standing: Standing | undefined,
    replayed: (recordedAt: Instant) => void,
  ): Promise<CommandResult> {
    const { sender } = this.#options;
    const options = { durable: false, replayed, ...timeOf(at, standing) };
    if (sender === undefined) return this.#ledger.executeUnknown(command, options);
    return this.#prepared(sender, command, options);
  }

  async #prepared(sender: ImportSender, sent: FileLine['command'], options: ExecuteOptions): Promise<CommandResult> {
    const { command, by } = await sender.prepare(sent);
    return this.#ledger.executeUnknown(command, by === undefined ? options : { ...options, by });
  }

  #refusalOf(error: unknown): Refusal | undefined {
    if (!(error instanceof LedgerError)) return this.#options.sender?.refusalOf(error);
    if (error.code.startsWith('store.') || error.code === 'ledger.closed') return undefined;
    return { code: error.code, message: error.message };
  }

  #note({ became, text }: LineAnswer): LineAnswer['became'] {
    this.tally[became] += 1;
    this.#results.push(text);
    this.#size += text.length;
    return became;
  }
}

/**
 * A command that goes back is given as if before all others: so the ledger answers it where its id has been used before,
 * and takes it in no other case, whatever was recorded last.
 */
function timeOf(at: FileLine['at'], standing: Standing | undefined): Pick<ExecuteOptions, 'at' | 'inOrder'> {
  if (at === undefined) return {};
  if (standing?.is === 'back') return { at: BEFORE_ALL };
  return standing?.is === 'inOrder' ? { at, inOrder: true } : { at };
}

/** The refusal as the ledger would put it had it been asked with the command's own time. */
function told(refusal: Refusal, { at }: FileLine, last: string): Refusal {
  if (refusal.code !== 'clock.goes_back') return refusal;
  return { code: refusal.code, message: `${at} lies before the last recorded event, ${last}` };
}
