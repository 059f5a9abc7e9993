import { decodeMetadata } from '../events/codec.ts';
import { commandStream } from '../events/command-record.ts';
import type { StoredEvent } from '../events/envelope.ts';
import type { Clock } from '../kernel/clock.ts';
import { LedgerError, refuse } from '../kernel/errors.ts';
import { given } from '../kernel/given.ts';
import type { Instant } from '../kernel/instant.ts';
import { laterInstant } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import { CommandRecordedError } from '../store/event-store.ts';
import { AccessKeys } from './access-keys.ts';
import { CommandSession } from './command-session.ts';
import type { ParsedCommand } from './commands.ts';
import { parseCommand } from './commands.ts';
import { dispatch } from './dispatch.ts';
import type { CommandResult, ExecuteOptions } from './execute-options.ts';
import type { Handled } from './handled.ts';
import { toldToSender } from './handled.ts';
import { OpenIntents } from './open-intents.ts';
import type { Finishing } from './others-intents.ts';
import { OthersIntents } from './others-intents.ts';
import type { ReadSide } from './read-side.ts';
import { recordAtOnce } from './record-lesson.ts';
import { Recorder } from './recorder.ts';
import { completedHandling, storedIntent, toldByEvents } from './remembered-commands.ts';
import type { RowKind, RowOwner } from './row-owners.ts';
import { ownerOf } from './row-owners.ts';
import type { SentCommand } from './sent-command.ts';
import { readCommand } from './sent-command.ts';
import type { SessionFacts } from './session-appends.ts';
import type { LogFeed } from './stream-cache.ts';
import { StreamCache } from './stream-cache.ts';
import { Turns } from './turns.ts';

/** Takes commands: shape, idempotency, clock, rules, in this order (SPEC section 9). */
export class CommandHandler {
  readonly #store: EventStore;
  readonly #clock: Clock;
  readonly #readSide: ReadSide;
  readonly #streams: StreamCache;
  readonly #recorder: Recorder;
  /** The keys of those who reach the ledger from elsewhere. */
  readonly accessKeys: AccessKeys;
  readonly #turns = new Turns();
  /** The commands on their way, by id: the same id sent twice at once is decided once. */
  readonly #onTheirWay = new Map<string, Promise<unknown>>();
  /** What other nodes have begun, where there are any. */
  readonly #others: OthersIntents | undefined;
  /** Commands over several streams that failed in the middle. */
  readonly #unfinished = new Set<string>();

  private constructor(store: EventStore, clock: Clock, readSide: ReadSide, recorder: Recorder, feed?: LogFeed) {
    this.#store = store;
    this.#clock = clock;
    this.#readSide = readSide;
    this.#recorder = recorder;
    this.#streams = new StreamCache(store, feed);
    this.#others = feed && new OthersIntents(new OpenIntents(feed), this.#finishing());
    this.accessKeys = new AccessKeys({ store, streams: this.#streams, recorder, clock });
  }

  /**
   * Opens a handler, and finishes what an interruption has left open. Where the store is shared, `feed` tells what other
   * nodes append.
   */
  static async open(store: EventStore, clock: Clock, readSide: ReadSide, feed?: LogFeed): Promise<CommandHandler> {
    const handler = new CommandHandler(store, clock, readSide, await Recorder.open(store), feed);
    await readSide.catchUp();
    for (const commandId of readSide.openIntents()) await handler.#finish(commandId);
    await store.flush();
    return handler;
  }

  /**
   * Finishes commands over several streams that were begun by another node, which does not go on with them: those that have
   * been open for so many milliseconds of this process.
   */
  async finishAbandoned(after: number): Promise<void> {
    await this.#others?.finishAll(after);
  }

  /** Leaves to whoever opens the ledger next what would take longest to be folded again. For a ledger that is being closed. */
  keepSnapshots(): void {
    this.#streams.keepSnapshots();
  }

  /** Whose a row is; none where there is no such row. */
  ownerOf(kind: RowKind, id: string): Promise<RowOwner | undefined> {
    return ownerOf(kind, id, { streams: this.#streams, store: this.#store });
  }

  /** Accepts a command, or refuses it with a {@link LedgerError} and changes nothing. */
  execute(raw: unknown, options: ExecuteOptions = {}): Promise<CommandResult> {
    try {
      return this.#accept(readCommand(raw), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Not an async function: nearly every command is taken at once and then waits for nothing but the disk, which needs one
   * promise.
   */
  #accept(sent: SentCommand, options: ExecuteOptions): Promise<CommandResult> {
    const { losses } = this.#store;
    let done: CommandResult | undefined;
    try {
      done = this.#takeAtOnce(sent, options);
    } catch (error) {
      return this.#told(Promise.reject(error), losses, options);
    }
    if (done === undefined) return this.#told(this.#takeInTurn(sent, options), losses, options);
    if (options.durable === false) return Promise.resolve(done);
    const answer = done;
    return (this.#store.atOnce ?? this.#store).settled().then(() => {
      refuseAfterLoss(losses, this.#store);
      return answer;
    });
  }

  async #takeInTurn(sent: SentCommand, options: ExecuteOptions): Promise<CommandResult> {
    if (this.#unfinished.size > 0) await this.#finishWhatFailed();
    await this.#others?.finishBefore(sent.command);
    return await this.#alone(sent.command.id, () => this.#take(sent, options));
  }

  async #told(taken: Promise<CommandResult>, losses: number, options: ExecuteOptions): Promise<CommandResult> {
    try {
      return await taken;
    } finally {
      // A refusal too may rest on events that are not durable yet, so nobody is answered before they are.
      if (options.durable !== false) await this.#store.settled();
      refuseAfterLoss(losses, this.#store);
    }
  }

  /** Works on a command while nobody else in this process does. */
  async #alone<Answer>(id: string, work: () => Promise<Answer>): Promise<Answer> {
    while (this.#onTheirWay.has(id)) await this.#onTheirWay.get(id);
    const way = Promise.withResolvers<void>();
    this.#onTheirWay.set(id, way.promise);
    try {
      return await work();
    } finally {
      this.#onTheirWay.delete(id);
      way.resolve();
    }
  }

  /**
   * Takes a command that need not wait for anything but the disk. Undefined where it has to: it may have been accepted
   * before, or be on its way, or there are states to be loaded; then nothing has happened, and {@link #take} judges it.
   */
  #takeAtOnce({ command, digest }: SentCommand, options: ExecuteOptions): CommandResult | undefined {
    const { at, by, expected, contractsOf } = options;
    const { atOnce } = this.#store;
    if (atOnce === undefined || command.command !== 'recordLesson' || expected !== undefined) return undefined;
    if (this.#unfinished.size > 0 || this.#onTheirWay.has(command.id) || this.#recorder.hasLost) return undefined;
    if (atOnce.commandRecord(command.id) !== undefined) return undefined;
    const now = at ?? laterInstant(this.#clock.now(), this.#recorder.last);
    if (this.#recorder.liesBack(now)) return undefined;
    const facts = { now, digest, resumed: false, by: by ?? command.by, contractsOf };
    const session = this.#session(command, facts);
    const recorded = recordAtOnce(command, session);
    if (recorded === undefined) return undefined;
    const { events, outcome, revision } = recorded;
    return { id: command.id, replayed: false, events, outcome, revision };
  }

  async #finishWhatFailed(): Promise<void> {
    for (const id of [...this.#unfinished]) {
      await this.#alone(id, async () => {
        if (!this.#unfinished.has(id)) return;
        // An intent that was lost with its transaction leaves nothing to finish.
        if ((await this.#store.head(commandStream(id))) !== undefined) await this.#finish(id);
        this.#unfinished.delete(id);
      });
    }
  }

  async #take({ command, raw, digest }: SentCommand, options: ExecuteOptions): Promise<CommandResult> {
    const { at, by, expected, contractsOf, progress } = options;
    // Where every question is a way to a server, the store itself finds out at the append that an id has been used.
    const record = this.#store.shared ? undefined : await this.#store.commandRecord(command.id);
    if (record !== undefined) return this.#replay(command, record, digest, options);
    const now = at ?? this.#now();
    if (this.#recorder.hasLost) await this.#recorder.recover();
    const facts = {
      now,
      digest,
      resumed: false,
      by: by ?? command.by,
      expected,
      contractsOf,
      progress,
      historic: at !== undefined,
    };
    const session = this.#session(command, facts);
    try {
      return await this.#accepted(command, session, raw, options);
    } catch (error) {
      // What looks like a refusal may be the effect of the same command, accepted by another node meanwhile.
      const taken = mayBeTaken(error, session) ? await this.#store.commandRecord(command.id) : undefined;
      if (taken !== undefined) return this.#replay(command, taken, digest, options);
      if (!session.mayBeBehind || !isRefusal(error, session)) throw error;
      return this.#confirmed(command, facts, raw, options);
    }
  }

  async #accepted(
    command: ParsedCommand,
    session: CommandSession,
    raw: Record<string, unknown>,
    options: ExecuteOptions,
  ): Promise<CommandResult> {
    this.#refuseTimeBack(session.now, options);
    await session.refuseUnexpected();
    const handled = await this.#run(command, session, bodyOf(raw));
    return { id: command.id, replayed: false, ...toldToSender(handled), ...given({ revision: session.revision }) };
  }

  /** Decides a command anew that was refused on states in memory, which others may have moved on. */
  async #confirmed(
    command: ParsedCommand,
    facts: SessionFacts,
    raw: Record<string, unknown>,
    options: ExecuteOptions,
  ): Promise<CommandResult> {
    const session = this.#session(command, facts);
    session.confirmStates();
    try {
      return await this.#accepted(command, session, raw, options);
    } catch (error) {
      const taken = mayBeTaken(error, session) ? await this.#store.commandRecord(command.id) : undefined;
      if (taken === undefined) throw error;
      return this.#replay(command, taken, facts.digest, options);
    }
  }

  /** By the node's own clock; along a log that this process alone writes, never before its last event. */
  #now(): Instant {
    return this.#store.shared ? this.#clock.now() : laterInstant(this.#clock.now(), this.#recorder.last);
  }

  #refuseTimeBack(now: Instant, { at, inOrder = false }: ExecuteOptions): void {
    if (this.#store.shared && (at === undefined || inOrder)) return;
    if (!this.#recorder.liesBack(now)) return;
    refuse('clock.goes_back', `${now} lies before the last recorded event, ${this.#recorder.last}`);
  }

  async #run(command: ParsedCommand, session: CommandSession, body: Record<string, unknown>): Promise<Handled> {
    try {
      return await dispatch(command, session, body, this.#readSide);
    } catch (error) {
      if (session.hasIntent && !(error instanceof CommandRecordedError)) this.#unfinished.add(session.id);
      throw error;
    }
  }

  async #replay(
    command: ParsedCommand,
    record: StoredEvent,
    digest: string,
    { replayed }: ExecuteOptions,
  ): Promise<CommandResult> {
    const { id } = command;
    const { bodyDigest: recorded, recordedAt } = decodeMetadata(record);
    if (recorded !== digest) {
      refuse('idempotency.key_reused', `command id ${id} has been used for another command`);
    }
    replayed?.(recordedAt);
    if (record.stream !== commandStream(id))
      return { id, replayed: true, ...(await toldByEvents(command, record, this.#store)) };
    const completed = await completedHandling(id, this.#store);
    return { id, replayed: true, ...toldToSender(completed ?? (await this.#finish(id))) };
  }

  #finishing(): Finishing {
    return {
      store: this.#store,
      finish: async (id) => {
        await this.#alone(id, () => this.#finish(id));
      },
      isOnItsWay: (id) => this.#onTheirWay.has(id),
      ownerOfContract: (contractId) => this.ownerOf('contract', contractId),
    };
  }

  /** Finishes a command from its stored intent, as of the time it was begun. */
  async #finish(commandId: string): Promise<Handled> {
    const completed = await completedHandling(commandId, this.#store);
    if (completed !== undefined) return completed;
    const { event, metadata } = await storedIntent(commandId, this.#store);
    const command = parseCommand(event.body);
    const { recordedAt: now, bodyDigest: digest = '', by } = metadata;
    const facts = { now, digest, resumed: true, by, contractsOf: event.contractsOf };
    return this.#run(command, this.#session(command, facts), event.body);
  }

  #session(command: ParsedCommand, facts: SessionFacts): CommandSession {
    const parts = { store: this.#store, streams: this.#streams, recorder: this.#recorder, turns: this.#turns };
    return new CommandSession(parts, command, facts);
  }
}

/** A refusal by a rule, or the store's word that the record is there; what the store failed to do is no sign of it. */
function mayBeTaken(error: unknown, session: CommandSession): boolean {
  if (error instanceof CommandRecordedError) return true;
  if (session.hasIntent || !(error instanceof LedgerError)) return false;
  return error.code === 'store.conflict' || isRefusal(error, session);
}

function isRefusal(error: unknown, { hasIntent }: CommandSession): boolean {
  return !hasIntent && error instanceof LedgerError && !error.code.startsWith('store.');
}

function refuseAfterLoss(losses: number, store: EventStore): void {
  if (losses === store.losses) return;
  refuse('store.unavailable', 'what the command rests on was lost before it was durable; it may be sent again');
}

/** The command as it was sent, without the time it was sent with. */
function bodyOf(raw: Record<string, unknown>): Record<string, unknown> {
  const { at: _, ...body } = raw;
  return body;
}
