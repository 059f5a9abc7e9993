import type { ParsedCommand } from '../../src/application/commands.ts';
import { parseCommand } from '../../src/application/commands.ts';
import type { Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import type { OwnersOf } from './command-places.ts';
import { placesOf } from './command-places.ts';
import type { FileClock, Standing } from './file-clock.ts';
import type { FileLine, LineAnswer } from './file-line.ts';
import { isAnswered } from './file-line.ts';
import type { Work } from './flight.ts';
import { Flight } from './flight.ts';
import { KnownOwners } from './known-owners.ts';

/** What the lines of a file need to be on their way. */
export interface InFlightOptions {
  /** Where each line's time is the clock. */
  readonly clock: FileClock | undefined;
  readonly answerTo: (line: FileLine, standing: Standing | undefined) => Promise<LineAnswer>;
  /** Takes the answers in the order of the lines. */
  readonly answered: (answer: LineAnswer) => void;
  /** Whether it depends on what lines before have made if a command is the sender's to give, whatever its shape. */
  readonly authorises: boolean;
}

/**
 * The lines of a command file on their way at the same time, with the answers they would have one after another: a line
 * waits for those before it that concern the same, and one on which others rest goes alone.
 */
export class CommandsInFlight {
  readonly #options: InFlightOptions;
  readonly #flight: Flight<LineAnswer>;
  readonly #owners: KnownOwners;
  readonly #ownersOf: OwnersOf = (kind, id) => this.#owners.ownersOf(kind, id);

  constructor(ledger: Pick<Ledger, 'ownerOf' | 'commandsAtOnce'>, options: InFlightOptions) {
    this.#options = options;
    this.#flight = new Flight({ atOnce: ledger.commandsAtOnce, answered: options.answered });
    this.#owners = new KnownOwners(ledger);
  }

  /** Sends a line on its way when there is room for it; one that goes alone has been answered then. Errors: a failure of a line before. */
  async send(line: FileLine | LineAnswer, size: number): Promise<void> {
    await this.#flight.room(size);
    if (isAnswered(line)) return this.#flight.send({ size, places: [], run: async () => line });
    const command = parsed(line);
    const made = command === undefined ? undefined : this.#expect(command);
    const run = async (standing: Standing | undefined) => {
      const answer = await this.#options.answerTo(line, standing);
      made?.(answer.became === 'accepted');
      return answer;
    };
    const { clock } = this.#options;
    const { at } = line;
    const places = at !== undefined && clock?.hasToWait(at) ? 'alone' : this.#placesOf(command);
    if (places === 'alone') return this.#alone(at, size, run);
    const standing = at === undefined ? undefined : clock?.standingOf(at, { waited: false });
    this.#flight.send({ size, places, run: () => run(standing) });
  }

  /** Waits until every line sent has been answered. Errors: a failure, when no command is on its way any more. */
  landed(): Promise<void> {
    return this.#flight.landed();
  }

  async #alone(
    at: FileLine['at'],
    size: number,
    run: (standing: Standing | undefined) => Promise<LineAnswer>,
  ): Promise<void> {
    await this.#flight.landed();
    const standing = at === undefined ? undefined : this.#options.clock?.standingOf(at, { waited: true });
    this.#flight.send({ size, places: [], run: () => run(standing) });
    await this.#flight.landed();
  }

  /** What is no command at all is refused for its shape, whatever else is on its way. */
  #placesOf(command: ParsedCommand | undefined): 'alone' | Work<LineAnswer>['places'] {
    if (command === undefined) return this.#options.authorises ? 'alone' : [];
    return placesOf(command, this.#ownersOf);
  }

  #expect(command: ParsedCommand): ((accepted: boolean) => void) | undefined {
    if (command.command === 'issueCertificate') {
      return this.#owners.expect('certificate', command.certificateId, { payerId: command.payerId });
    }
    if (command.command !== 'blockCourse') return undefined;
    const { contractId, certificateId, providerId } = command;
    return this.#owners.expect('contract', contractId, { certificateId, providerId });
  }
}

function parsed({ command }: FileLine): ParsedCommand | undefined {
  try {
    return parseCommand(command);
  } catch (error) {
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}
