import type { LedgerEvent } from '../events/catalogue.ts';
import { commandStream } from '../events/command-record.ts';
import { given } from '../kernel/given.ts';
import type { EventStore } from '../store/event-store.ts';
import { CommandRecordedError, ConflictError } from '../store/event-store.ts';
import { commandRecords } from './categories.ts';
import type { Handled, Outcome } from './handled.ts';
import { handledOf } from './handled.ts';
import type { Recorder } from './recorder.ts';
import { refuseMoved, retried, retriedConfirming } from './retried.ts';
import type { SessionFacts, SessionParts } from './session-appends.ts';
import { SessionAppends } from './session-appends.ts';
import type { Turns } from './turns.ts';

/** One command on its way: what it says, when it came, and what it may do to the streams. */
export class CommandSession extends SessionAppends {
  /** Set while an intent is being finished: then some events of the command may be there already. */
  readonly resumed: boolean;
  /** The provider whose contracts alone are there for the sender; all of them are where it is left out. */
  readonly contractsOf: string | undefined;
  /** Told how far a long command has come. */
  readonly progress: SessionFacts['progress'];
  readonly #store: EventStore;
  readonly #recorder: Recorder;
  readonly #turns: Turns;
  /** The revision of the command's own stream when this session began, or began to go on with, the command's work. */
  #taken: number | undefined;

  constructor(parts: SessionParts & { readonly turns: Turns }, command: { readonly id: string }, facts: SessionFacts) {
    super(parts, command, facts);
    this.#store = parts.store;
    this.#recorder = parts.recorder;
    this.#turns = parts.turns;
    this.progress = facts.progress;
    this.resumed = facts.resumed;
    this.contractsOf = facts.contractsOf;
  }

  /** For what is done before the record is appended and is not to be done in vain. Errors: {@link CommandRecordedError}. */
  async refuseRecorded(): Promise<void> {
    if ((await this.#store.commandRecord(this.id)) !== undefined) throw new CommandRecordedError(this.id);
  }

  /** Runs the work while no other command of this process counts or reserves in these places. */
  inTurn<Answer>(places: readonly string[], work: () => Promise<Answer>): Promise<Answer> {
    return this.#turns.take(places, work);
  }

  /** Stores the intent of a command over several streams: its id is taken from then on. */
  async begin(body: Record<string, unknown>): Promise<void> {
    if (this.isRecorded) return;
    const loaded = await this.assumed(commandRecords, commandStream(this.id));
    this.refuseLater(loaded);
    const effectiveOn = this.today('UTC');
    // Also an append that fails may have stored it.
    this.hasIntent = true;
    const begun = { type: 'CommandBegun' as const, effectiveOn, body, ...given({ contractsOf: this.contractsOf }) };
    try {
      await this.append(commandRecords, loaded, [begun], { record: true, decidedAt: loaded.revision });
      this.#taken = loaded.revision;
    } catch (error) {
      throw error instanceof ConflictError ? new CommandRecordedError(this.id) : error;
    }
  }

  /**
   * Does the work of a command over several streams and completes it; from the beginning where another node has gone on with
   * it meanwhile. `work` can go on from any point: it is told whether some of what the command does may be there already.
   */
  workToCompletion(command: string, work: (goesOn: boolean) => Promise<Handled>): Promise<Handled> {
    let attempts = 0;
    return retried(async () => {
      attempts += 1;
      const goesOn = this.hasIntent && (this.resumed || attempts > 1);
      if (goesOn) await this.#goOn({ takesOver: attempts === 1 });
      const handled = await work(goesOn);
      if (!this.hasIntent) return this.complete(command, handled);
      // Whoever has taken it over may have done more than there was to do here.
      return this.#complete(command, handled, { alone: this.shared });
    });
  }

  /**
   * Who takes a command over makes sure that nobody who was at it before completes it with what he has done by then: he has to
   * look again. Each does so once, or two who are at a long command would send each other back for ever.
   */
  async #goOn({ takesOver }: { readonly takesOver: boolean }): Promise<void> {
    if (!this.shared) return;
    this.confirmStates();
    const loaded = await this.load(commandRecords, commandStream(this.id));
    if (takesOver && loaded.state.completed === undefined) await this.fence(commandRecords, loaded, loaded.stream);
    this.#taken = loaded.revision;
  }

  /** Stores what a command has done, where its events do not say it by themselves. */
  complete(command: string, handled: Handled): Promise<Handled> {
    return retriedConfirming(() => this.#complete(command, handled), this);
  }

  async #complete(command: string, handled: Handled, { alone = false } = {}): Promise<Handled> {
    const loaded = await this.assumed(commandRecords, commandStream(this.id));
    const { completed: known } = loaded.state;
    if (known !== undefined && this.isRecorded) return handledOf(known);
    if (alone && this.#taken !== undefined) refuseMoved(loaded, this.#taken);
    const { events, outcome, eventCounts, refusal } = handled;
    const completed = {
      type: 'CommandCompleted' as const,
      effectiveOn: this.today('UTC'),
      command,
      events: [...events],
      ...(eventCounts === undefined ? {} : { eventCounts: { ...eventCounts } }),
      outcome: JSON.parse(JSON.stringify(outcome)) as Outcome,
      ...given({ refusal }),
    };
    await this.appendCompletion(loaded, completed);
    return handled;
  }

  /** The events this very command has appended to a stream before it was interrupted. */
  async ownEvents(stream: string): Promise<readonly LedgerEvent[]> {
    return this.#recorder.eventsOf(this.id, stream);
  }

  /** All events of a stream, or those up to a revision. */
  eventsOf(stream: string, upTo?: number): Promise<readonly LedgerEvent[]> {
    return this.#recorder.eventsUpTo(stream, upTo);
  }
}
