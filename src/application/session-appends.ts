import type { LedgerEvent } from '../events/catalogue.ts';
import type { CommandRecordEvent } from '../events/command-record.ts';
import { commandStream } from '../events/command-record.ts';
import type { EventMetadata } from '../events/envelope.ts';
import type { FenceEvent } from '../events/fence.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import { civilDateAt, laterInstant } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import { CommandPendingError, ConflictError } from '../store/event-store.ts';
import type { Category, CommandRecord } from './categories.ts';
import { commandRecords } from './categories.ts';
import type { ExpectedState } from './expected-state.ts';
import { refuseOther } from './expected-state.ts';
import type { Recorder } from './recorder.ts';
import { refuseMoved, retried, retriedConfirming } from './retried.ts';
import { SessionStates } from './session-states.ts';
import type { LoadedStream, StreamCache } from './stream-cache.ts';

/** What is to happen to one stream. */
type Change<State, Event extends LedgerEvent> = readonly [
  category: Category<State, Event>,
  stream: string,
  decide: (state: State, loaded: LoadedStream<State>) => readonly Event[] | Promise<readonly Event[]>,
  options: { readonly record: boolean },
];

/** What is known of a command besides its body. */
export interface SessionFacts {
  readonly now: Instant;
  readonly digest: string;
  readonly resumed: boolean;
  readonly by?: string | undefined;
  readonly expected?: ExpectedState | undefined;
  readonly contractsOf?: string | undefined;
  /** The time was given with the command, so an event recorded later in its stream refuses it. */
  readonly historic?: boolean | undefined;
  /** Told how far a long command has come. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** What a session works with. */
export interface SessionParts {
  readonly store: EventStore;
  readonly streams: StreamCache;
  readonly recorder: Recorder;
}

/** How many appends a long process makes before it lets others in. */
const APPENDS_PER_TURN = 500;

/** What a command appends: at the revisions it was decided on, with its id, its times and its record. */
export class SessionAppends extends SessionStates {
  readonly id: string;
  readonly now: Instant;
  readonly #historic: boolean;
  readonly #streams: StreamCache;
  readonly #store: EventStore;
  readonly #recorder: Recorder;
  readonly #losses: number;
  readonly #digest: string;
  readonly #by: string | undefined;
  #expected: ExpectedState | undefined;
  #changed: { readonly stream: string; readonly revision: number } | undefined;
  #recorded: boolean;
  #appends = 0;
  /** Whether an intent is stored: then the command has to be finished, whatever happens. */
  hasIntent: boolean;

  constructor(parts: SessionParts, command: { readonly id: string }, facts: SessionFacts) {
    super(parts, { confirms: facts.resumed });
    this.#store = parts.store;
    this.#streams = parts.streams;
    this.#recorder = parts.recorder;
    this.#losses = parts.store.losses;
    this.id = command.id;
    this.#by = facts.by;
    this.#expected = facts.expected;
    this.now = facts.now;
    this.#historic = facts.historic ?? false;
    this.#digest = facts.digest;
    this.#recorded = facts.resumed;
    this.hasIntent = facts.resumed;
  }

  /** Whether the command's record has been appended. */
  get isRecorded(): boolean {
    return this.#recorded;
  }

  /** The revision of the stream that carries the command's record, after its events; none when an intent carries it. */
  get revision(): number | undefined {
    return this.#changed?.revision;
  }

  /** Refuses with `stream.changed` where the sender has not seen the stream as it is. */
  async refuseUnexpected(): Promise<void> {
    if (this.#expected === undefined) return;
    refuseOther(this.#expected, (await this.#store.head(this.#expected.stream))?.revision);
  }

  /** The clock's civil date in a zone. */
  today(zone: string): CivilDate {
    return civilDateAt(this.now, zone);
  }

  /** A command of history is decided on what was recorded by its time, in every stream it reads. */
  protected refuseLater(loaded: LoadedStream<unknown>): void {
    if (this.#historic) this.#recorder.refuseLater(this.now, this.latestRead ?? loaded);
  }

  /**
   * Appends what was decided on the loaded state when it was at the revision `decidedAt`. With `record` the first event
   * becomes the command's record. Errors: {@link ConflictError} where the stream, or the state in memory, has moved on since.
   */
  async append<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
    events: readonly (Event | FenceEvent)[],
    { record, decidedAt }: { readonly record: boolean; readonly decidedAt: number },
  ): Promise<void> {
    refuseMoved(loaded, decidedAt);
    if (events.length === 0) return;
    this.#refuseAfterLoss();
    this.#refuseOtherThanExpected(loaded.stream, loaded.revision);
    const carriesRecord = record && !this.#recorded;
    if (carriesRecord) this.refuseLater(loaded);
    const prepares = this.shared && !carriesRecord && !this.#recorded;
    const recordedAt = prepares ? this.#stampBefore(loaded) : this.#stamp(loaded);
    await this.#settlingClaims(loaded, () =>
      this.#streams.append(category, loaded, events, (index) =>
        this.#metadata(recordedAt, carriesRecord && index === 0),
      ),
    );
    if (!prepares) this.#recorder.recorded(recordedAt);
    // What comes after the first append to the stream is the command's own.
    if (this.#expected?.stream === loaded.stream) this.#expected = undefined;
    if (carriesRecord) this.#recorded = true;
    // Told from the answer to the append: somebody else may have moved the stream on since.
    if ((carriesRecord && !this.hasIntent) || this.#changed?.stream === loaded.stream) {
      this.#changed = { stream: loaded.stream, revision: decidedAt + events.length };
    }
    this.#appends += 1;
    if (this.#appends % APPENDS_PER_TURN === 0) await this.#letOthersIn();
  }

  /** Appends the command's one event and record without waiting. Answers `false` where the store cannot. */
  appendAtOnce<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
    event: Event,
  ): boolean {
    const { atOnce } = this.#store;
    if (atOnce === undefined || this.#recorded) return false;
    this.#refuseAfterLoss();
    const metadata = this.#metadata(this.#stamp(loaded), true);
    const revision = loaded.revision + 1;
    this.#streams.appendAtOnce(category, loaded, event, metadata, atOnce);
    this.#changed = { stream: loaded.stream, revision };
    this.#recorded = true;
    return true;
  }

  /** Load, decide, append; anew when somebody else was faster, a bounded number of times. */
  change<State, Event extends LedgerEvent>(...change: Change<State, Event>): Promise<readonly Event[]> {
    return retried(() => this.changeOnce(...change));
  }

  /** Load, decide, append. Throws ConflictError where more has to be decided anew than this stream's part. */
  async changeOnce<State, Event extends LedgerEvent>(...change: Change<State, Event>): Promise<readonly Event[]> {
    const [category, stream] = change;
    return this.#changeFrom(await this.load(category, stream), change);
  }

  /** As {@link change} for a stream that begins with it: where it was never met, the append tells whether it is there. */
  create<State, Event extends LedgerEvent>(...change: Change<State, Event>): Promise<readonly Event[]> {
    const [category, stream] = change;
    return retriedConfirming(async () => this.#changeFrom(await this.assumed(category, stream), change), this);
  }

  async #changeFrom<State, Event extends LedgerEvent>(
    loaded: LoadedStream<State>,
    [category, , decide, options]: Change<State, Event>,
  ): Promise<readonly Event[]> {
    const { revision } = loaded;
    const events = await decide(loaded.state, loaded);
    await this.append(category, loaded, events, { ...options, decidedAt: revision });
    return events;
  }

  /**
   * Makes sure that nothing decided on an earlier revision of the stream is appended to it any more. Whoever asks has just
   * loaded the stream and seen that what it waits for has not come. Errors: {@link ConflictError} when it comes just then.
   */
  async fence<State, Event extends LedgerEvent>(
    category: Category<State, Event>,
    loaded: LoadedStream<State>,
    place: string,
  ): Promise<void> {
    const fenced = { type: 'StreamFenced' as const, effectiveOn: this.today('UTC'), place };
    await this.append(category, loaded, [fenced], { record: false, decidedAt: loaded.revision });
  }

  /** Appends what the command has done to its own stream, as its record where it has none by now. */
  protected async appendCompletion(loaded: LoadedStream<CommandRecord>, completed: CommandRecordEvent): Promise<void> {
    // What appended nothing does not move the clock, so its record carries the time of the last event.
    const stampedAt = this.#recorded ? this.#stamp(loaded) : this.#stampBefore(loaded);
    const record = !this.#recorded;
    this.#refuseAfterLoss();
    await this.#settlingClaims(loaded, () =>
      this.#streams.append(commandRecords, loaded, [completed], () => this.#metadata(stampedAt, record)),
    );
    this.#recorded = true;
  }

  /**
   * Appends, and where the command's id is claimed for an event that somebody had on its way to another stream and has left
   * there, makes sure first that it does not come any more. What was decided before that wait is not appended to a state
   * that has moved on in it.
   */
  async #settlingClaims(loaded: LoadedStream<unknown>, append: () => Promise<void>): Promise<void> {
    const { revision } = loaded;
    try {
      await append();
    } catch (error) {
      if (!(error instanceof CommandPendingError)) throw error;
      await this.#fenceAny(error.stream);
      refuseMoved(loaded, revision);
      await append();
    }
  }

  async #fenceAny(stream: string): Promise<void> {
    const fenced = { type: 'StreamFenced' as const, effectiveOn: this.today('UTC'), place: commandStream(this.id) };
    try {
      await this.#streams.fence(stream, fenced, (last) => this.#metadata(this.#recorder.stamp(this.now, last), false));
    } catch (error) {
      // Whatever came there has settled it.
      if (!(error instanceof ConflictError)) throw error;
    }
  }

  /** What the command has appended, or what it was decided on, may be among what was lost. */
  #refuseAfterLoss(): void {
    if (this.#losses === this.#store.losses) return;
    throw new LedgerError('store.unavailable', `what command ${this.id} had appended was lost before it was durable`);
  }

  /** The first append to the stream rests on the very revision the sender has seen, also when it is tried again. */
  #refuseOtherThanExpected(stream: string, revision: number): void {
    const expected = this.#expected;
    if (expected === undefined || expected.stream !== stream || this.hasIntent) return;
    refuseOther(expected, revision);
  }

  /**
   * Where the clocks of several nodes need not agree, an event is recorded no earlier than what its command has read: what
   * was known when it was decided then never looks as if it had come later. History keeps the times it was given with.
   */
  #stamp(loaded: LoadedStream<unknown>): Instant {
    const stamped = this.#recorder.stamp(this.now, loaded);
    const read = this.shared && !this.#historic ? this.latestRead?.recordedAt : undefined;
    return read === undefined ? stamped : laterInstant(stamped, read);
  }

  /**
   * The time of what is appended while nothing of the command is recorded yet, or nothing will be. In history it does not
   * move the clock: the command may be refused after it has reserved, and a command before it may follow.
   */
  #stampBefore(loaded: LoadedStream<unknown>): Instant {
    if (!this.shared) return this.#recorder.last;
    return this.#historic ? this.#recorder.stamp(this.#recorder.lastUpTo(this.now), loaded) : this.#stamp(loaded);
  }

  #metadata(recordedAt: Instant, record: boolean): EventMetadata {
    const metadata = { recordedAt, commandId: this.id };
    if (!record) return this.#by === undefined ? metadata : { ...metadata, by: this.#by };
    if (this.#by === undefined) return { recordedAt, commandId: this.id, bodyDigest: this.#digest };
    return { ...metadata, bodyDigest: this.#digest, by: this.#by };
  }

  async #letOthersIn(): Promise<void> {
    await this.#store.flush();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
