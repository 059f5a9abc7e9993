import type { BillingQuestions, InvoiceFilter } from '../projections/billing-questions.ts';
import type { Coverage, CoverageOptions } from '../projections/questions/coverage.ts';
import { coverage } from '../projections/questions/coverage.ts';
import { refuseOtherThanMonth } from '../projections/questions/day.ts';
import type { DocumentFilter } from '../projections/questions/documents.ts';
import { advancesOfMonth, documentContracts, issuesOf } from '../projections/questions/documents.ts';
import type { InvoicesStatus, InvoicesStatusOptions } from '../projections/questions/invoices-status.ts';
import { invoicesStatus } from '../projections/questions/invoices-status.ts';
import type { MonthCheck, MonthCheckOptions } from '../projections/questions/month-check.ts';
import { monthCheck } from '../projections/questions/month-check.ts';
import type { Payable, PayablesOptions } from '../projections/questions/payables.ts';
import { payables } from '../projections/questions/payables.ts';
import type { PeriodClosing } from '../projections/questions/period-closing.ts';
import { periodClosing } from '../projections/questions/period-closing.ts';
import type { RegistryItem, RegistryName } from '../projections/questions/registries.ts';
import type { InvoiceItem } from '../projections/questions/registry-items.ts';
import type { RegistryOptions, RegistryPage } from '../projections/questions/registry-query.ts';
import { registryItems, registryPage } from '../projections/questions/registry-query.ts';
import type { ReadModelSource } from '../projections/read-model-source.ts';
import type { RebuildOptions } from '../projections/read-models.ts';
import { ReadModels } from '../projections/read-models.ts';
import type { Progress, RebuiltProjection } from '../projections/rebuild.ts';
import { AbandonedCommands } from './application/abandoned-commands.ts';
import type { AccessKeys } from './application/access-keys.ts';
import { accessKeysIn } from './application/access-keys.ts';
import { Batch } from './application/batch.ts';
import type { ExplainedLine, PointInTime } from './application/certificate-questions.ts';
import { CertificateQuestions } from './application/certificate-questions.ts';
import type { ExpectedDigest } from './application/chain-check.ts';
import { closePeriodRefusal } from './application/close-period-refusal.ts';
import type { CommandHandler } from './application/command-handler.ts';
import type { Command } from './application/commands.ts';
import type { CurrentBalance } from './application/current-balances.ts';
import type { AdvanceDocument, InvoiceDocument } from './application/document-facts.ts';
import { Documents } from './application/documents.ts';
import type { CommandResult, ExecuteOptions } from './application/execute-options.ts';
import type { ExportedEvent, ExportOptions, FollowOptions } from './application/exported-events.ts';
import { exportedEvents, followedEvents } from './application/exported-events.ts';
import type { LineWithEvents } from './application/invoice-line-events.ts';
import { invoiceLineEvents } from './application/invoice-line-events.ts';
import type { LedgerStatus } from './application/ledger-status.ts';
import { ledgerStatus } from './application/ledger-status.ts';
import { questionRules } from './application/question-rules.ts';
import type { RowKind, RowOwner } from './application/row-owners.ts';
import type { Beside } from './beside.ts';
import { foldsBeside } from './beside.ts';
import type { AccessKey } from './domain/access-key/state.ts';
import type { Balance } from './domain/certificate/balance.ts';
import { invoicedFrom } from './domain/invoice/billing.ts';
import type { Position } from './events/envelope.ts';
import type { CivilDate, CivilMonth } from './kernel/civil-date.ts';
import type { Clock } from './kernel/clock.ts';
import { LedgerError } from './kernel/errors.ts';
import type { EventStore } from './store/event-store.ts';
import type { Verification } from './verification.ts';
import { verification } from './verification.ts';

/** A server answers this many appends at once nearly as fast as one. */
const COMMANDS_AT_ONCE = 64;
/** A server reads the events it counts; so many are far behind, however many more there are. */
const COUNTED_BEHIND = 10_000;
/** To check an event takes at least so many times as long as to fold it. */
const CHECKS_TO_FOLDS = 2;

/** What a ledger is put together from. */
export interface LedgerParts {
  readonly store: EventStore;
  readonly models: ReadModelSource;
  readonly questions: BillingQuestions;
  /** Left out in a ledger that was opened for questions alone. */
  readonly handler: CommandHandler | undefined;
  readonly clock: Clock;
  /** Where the store is a file that another thread can read. */
  readonly beside?: Beside | undefined;
  /** The files of the ledger and of its read models. */
  readonly files: readonly string[];
}

/** A ledger that is open: commands go in, questions are answered from everything recorded before them. */
export class Ledger {
  readonly #store: EventStore;
  readonly #models: ReadModelSource;
  readonly #questions: BillingQuestions;
  readonly #handler: CommandHandler | undefined;
  readonly #clock: Clock;
  readonly #files: readonly string[];
  readonly #certificates: CertificateQuestions;
  readonly #batch: Batch;
  readonly #beside: LedgerParts['beside'];
  readonly #abandoned: AbandonedCommands | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: LedgerParts) {
    this.#store = parts.store;
    this.#certificates = new CertificateQuestions(parts.store);
    this.#models = parts.models;
    this.#questions = parts.questions;
    this.#handler = parts.handler;
    this.#clock = parts.clock;
    this.#files = parts.files;
    this.#batch = this.batch();
    this.#beside = parts.beside;
    if (parts.store.shared && parts.handler !== undefined) {
      this.#abandoned = new AbandonedCommands((after) => this.finishAbandoned(after));
    }
  }

  /** Accepts a command, or throws a {@link LedgerError} with the code of the rule that refuses it (SPEC section 11). */
  execute(command: Command, options?: ExecuteOptions): Promise<CommandResult> {
    return this.executeUnknown(command, options);
  }

  /** The same for input whose shape is not known: a line of a file, the body of a request. */
  executeUnknown(command: unknown, options?: ExecuteOptions): Promise<CommandResult> {
    if (this.#handler === undefined) return Promise.reject(readOnlyError());
    return this.#handler.execute(command, options);
  }

  /** The keys by which systems reach this ledger over HTTP. Errors: `ledger.read_only`. */
  get accessKeys(): AccessKeys {
    if (this.#handler === undefined) throw readOnlyError();
    return this.#handler.accessKeys;
  }

  /** Every access key ever made, without its secret, in the order of their making. */
  async listAccessKeys(): Promise<readonly AccessKey[]> {
    await this.#store.settled();
    return accessKeysIn(this.#store);
  }

  /**
   * Whose a certificate, contract, agreement, programme or invoice is, whatever was recorded a moment ago; none where
   * there is no such row. An owner never changes. Errors: `ledger.read_only`.
   */
  async ownerOf(kind: RowKind, id: string): Promise<RowOwner | undefined> {
    if (this.#handler === undefined) throw readOnlyError();
    return this.#handler.ownerOf(kind, id);
  }

  /**
   * How many commands a sender of many should have on their way at once: 1 where the store is a file, which takes them one
   * after another, more where each waits for a server.
   */
  get commandsAtOnce(): number {
    return this.#store.shared ? COMMANDS_AT_ONCE : 1;
  }

  /**
   * Finishes what another process has begun and not gone on with: commands over several streams that have been open for so
   * many milliseconds, at every call. Errors: `ledger.read_only`, `store.unavailable`.
   */
  async finishAbandoned(after: number): Promise<void> {
    if (this.#handler === undefined) throw readOnlyError();
    await this.#models.catchUp();
    await this.#handler.finishAbandoned(after);
  }

  /** The revision of a stream's last event; none for a stream that is not there. */
  async revisionOf(stream: string): Promise<number | undefined> {
    const { atOnce } = this.#store;
    return (atOnce === undefined ? await this.#store.head(stream) : atOnce.head(stream))?.revision;
  }

  /**
   * Makes everything accepted so far durable. Errors: `store.unavailable` when something accepted since the last call was
   * lost, also when that was noticed before.
   */
  flush(): Promise<void> {
    return this.#batch.flush();
  }

  /** For whoever sends commands with `durable: false` beside others and wants to be told of losses among his own. */
  batch(): Batch {
    return new Batch(this.#store);
  }

  /**
   * The balance of a certificate on a day, as known at an instant. Not to be changed: the same object may be answered
   * again. Errors: `certificate.not_found` (SPEC section 8).
   */
  balance(certificateId: string, point: PointInTime = {}): Promise<Balance> {
    return this.#certificates.balance(certificateId, point);
  }

  /**
   * The balance of a certificate as of now, and the revision of its stream that it was read at. Not to be changed: the same
   * object may be answered again. Errors: `certificate.not_found`.
   */
  currentBalance(certificateId: string): Promise<CurrentBalance> {
    return this.#certificates.currentBalance(certificateId);
  }

  /** The same without waiting; none where it is not at hand, which says nothing of whether there is such a certificate. */
  currentBalanceAtHand(certificateId: string): CurrentBalance | undefined {
    return this.#certificates.currentBalanceAtHand(certificateId);
  }

  /** The events a balance is made of, with their effects and running totals. Errors: `certificate.not_found`. */
  explain(certificateId: string, point: PointInTime = {}): Promise<readonly ExplainedLine[]> {
    return this.#certificates.explain(certificateId, point);
  }

  /** The balance of every certificate, by certificateId as text, one at a time (SPEC section 10). */
  async *balances(options: PointInTime & { readonly payerId?: string } = {}): AsyncIterable<Balance> {
    await this.#models.catchUp();
    for (const certificateId of this.#questions.certificateIds(options.payerId)) {
      yield await this.balance(certificateId, options);
    }
  }

  /** Whole invoices with their lines, by number (SPEC section 10). */
  async *invoices(filter: InvoiceFilter = {}): AsyncIterable<InvoiceItem> {
    await this.#models.catchUp();
    yield* this.#questions.invoices(filter);
  }

  /** The lines of an invoice with the events that made each. Errors: `invoice.not_found` (SPEC section 8). */
  async invoiceLineEvents(number: string): Promise<readonly LineWithEvents[]> {
    await this.#store.settled();
    return invoiceLineEvents(number, this.#store);
  }

  /** What invoices say on paper, by number, as it was known when each was issued (SPEC section 6, document annex). */
  async *invoiceDocuments(filter: DocumentFilter = {}, progress?: Progress): AsyncIterable<InvoiceDocument> {
    const documents = await this.#documents();
    yield* documents.invoices(issuesOf(this.#models.database, filter), progress);
  }

  /** What the month's requests for advances say on paper, by payerId, then providerId. */
  async *advanceDocuments(month: CivilMonth, pairs: DocumentFilter = {}): AsyncIterable<AdvanceDocument> {
    refuseOtherThanMonth(month);
    const documents = await this.#documents();
    yield* documents.advances(advancesOfMonth(this.#models.database, month, pairs));
  }

  /** Which pairs have invoiced the month, which are missing or late, and what cannot be billed, with why (SPEC section 6). */
  async invoicesStatus(month: CivilMonth, options: InvoicesStatusOptions = {}): Promise<InvoicesStatus> {
    refuseOtherThanMonth(month);
    await this.#models.catchUp({ wholeLog: true });
    const asked = { month, invoicedFrom: invoicedFrom(month), now: this.#clock.now() };
    return invoicesStatus(this.#models.database, asked, options);
  }

  /**
   * Everything that would make a month's invoices wrong, blocking or worth knowing, each with its stream, its date and
   * what to do. Errors: `query.invalid`, `payer.not_found`, `provider.not_found` (SPEC section 6).
   */
  async invoicesCheck(month: CivilMonth, options: MonthCheckOptions = {}): Promise<MonthCheck> {
    refuseOtherThanMonth(month);
    await this.#models.catchUp({ wholeLog: true });
    const asked = { month, invoicedFrom: invoicedFrom(month), now: this.#clock.now(), ...questionRules };
    return monthCheck(this.#models.database, this.#store, asked, options);
  }

  /**
   * What closePeriod would do on a day, by default the clock's in the payer's zone, and what should be settled before it; it
   * changes nothing. Errors: `query.invalid`, `payer.not_found`, `period.not_found` (SPEC section 3).
   */
  async periodClosing(
    payerId: string,
    periodId: string,
    options: { readonly on?: CivilDate } = {},
  ): Promise<PeriodClosing> {
    await this.#models.catchUp({ wholeLog: true });
    const period = { payerId, periodId, ...options };
    const { on, refusal } = await closePeriodRefusal(period, this.#store, this.#clock.now());
    if (refusal?.code.endsWith('.not_found')) throw refusal;
    const asked = { ...period, on, ...questionRules, store: this.#store };
    return periodClosing(this.#models.database, asked, refusal);
  }

  /** Invoices with what a payment order has to name of their two sides, by payerId, then number. */
  async payables(options: PayablesOptions = {}): Promise<readonly Payable[]> {
    if (options.month !== undefined) refuseOtherThanMonth(options.month);
    await this.#models.catchUp();
    return payables(this.#models.database, options);
  }

  /** A registry, by its key as text, one item at a time. Errors: `query.invalid` (SPEC section 8). */
  async *registry<Name extends RegistryName>(
    name: Name,
    options: RegistryOptions<Name> = {},
  ): AsyncIterable<RegistryItem<Name>> {
    await this.#models.catchUp();
    yield* registryItems(this.#models.database, name, options);
  }

  /** One page of a registry, 100 items without a limit; `next` is the `after` of the following one. */
  async registryPage<Name extends RegistryName>(
    name: Name,
    options: RegistryOptions<Name> = {},
  ): Promise<RegistryPage<RegistryItem<Name>>> {
    await this.#models.catchUp();
    return registryPage(this.#models.database, name, options);
  }

  /** How far children are reached, per payer and group, on a day (SPEC section 8). */
  async *coverage(options: CoverageOptions = {}): AsyncIterable<Coverage> {
    await this.#models.catchUp();
    yield* coverage(this.#models.database, this.#clock.now(), options);
  }

  /** The log, one event at a time; what discloses a person is left out unless asked for. Errors: `query.invalid`. */
  async *events(options: ExportOptions = {}): AsyncIterable<ExportedEvent> {
    await this.#store.flush();
    yield* exportedEvents(this.#store, options);
  }

  /** The log, and what comes as it becomes durable, until the signal is given or the ledger closed. Errors: `query.invalid`. */
  follow(options: FollowOptions & { readonly signal: AbortSignal }): AsyncIterable<ExportedEvent> {
    return followedEvents(this.#store, options);
  }

  /** Where the log and the read models stand, the open intents and the sizes of the files. Folds nothing before it looks. */
  async status(): Promise<LedgerStatus> {
    await this.#store.settled();
    const { written: readModelsAt } = this.#models;
    const before = this.#models.counted();
    await this.#models.catchUp({ wholeLog: true });
    const openIntents = this.#questions.openIntentsWithCommands();
    const counted = this.#models.counted();
    const folded = counted && { ...counted, before: before?.events ?? 0 };
    return ledgerStatus({ store: this.#store, readModelsAt, openIntents, files: this.#files, folded });
  }

  /**
   * Makes a write durable that changes nothing; cheap, for whoever watches. Errors: `store.unavailable`,
   * `store.unreadable` where the file may not be written, `ledger.closed`, `ledger.read_only`.
   */
  async probe(): Promise<void> {
    if (this.#handler === undefined) throw readOnlyError();
    await this.#store.probe();
  }

  /**
   * How many events the read models have not folded yet; looked up, not counted. Of a server only the last event is asked
   * for where nothing is missing, and no more than `atMost` are counted. Errors: `ledger.closed`.
   */
  eventsBehind(atMost: number = COUNTED_BEHIND): Promise<number> {
    return this.#store.countAfter(this.#models.folded, atMost);
  }

  /** Folds what has been recorded since, so that the next question need not. */
  catchUp(): Promise<void> {
    return this.#models.catchUp();
  }

  /**
   * The place in the log of a shared store up to which this process knows it, with everything it has been told was
   * accepted. None where the store is not shared: then every question sees everything.
   */
  get knownPosition(): Position | undefined {
    return this.#store.followed?.known;
  }

  /**
   * Waits until questions see everything up to a place in the log that another process has told as its
   * {@link knownPosition}; for a bounded time. Errors: `readmodels.behind`, `query.invalid`.
   */
  async reach(position: Position): Promise<void> {
    if (this.#store.followed === undefined) return;
    await this.#models.catchUp({ position });
  }

  /**
   * Checks every event's form, hash chain and time, the kept heads and the file; replays the log and checks every rule
   * that has to hold after a command, and that the read models equal the replay. With a digest taken earlier it also
   * checks that what stood in the log then stands there now, every hash recomputed or not.
   */
  async verify(
    expected?: ExpectedDigest,
    { progress }: { readonly progress?: Progress | undefined } = {},
  ): Promise<Verification> {
    const beside = (await this.#pays({ times: CHECKS_TO_FOLDS })) ? this.#beside : undefined;
    const verify = () => verification({ store: this.#store, models: this.#models, beside }, { expected, progress });
    return beside === undefined ? verify() : beside.store.whileReadingAll(verify);
  }

  /**
   * Builds the read models, or the one projection named, beside the live ones from the log, and switches to them.
   * Errors: `projection.not_found`, `ledger.read_only`, `store.locked` where another process keeps them in their file.
   */
  async rebuild(options: RebuildOptions = {}): Promise<readonly RebuiltProjection[]> {
    if (this.#handler === undefined) throw readOnlyError();
    if (!(this.#models instanceof ReadModels)) {
      throw new LedgerError(
        'store.locked',
        'another process keeps the read models in their file; it can build them anew',
      );
    }
    const beside = (await this.#pays({ times: 1 })) ? this.#beside : undefined;
    const models = this.#models;
    if (beside === undefined) return models.rebuild(options);
    return beside.store.whileReadingAll(() => models.rebuild(options, foldsBeside(beside)));
  }

  async #documents(): Promise<Documents> {
    await this.#models.catchUp({ wholeLog: true });
    return new Documents(this.#store, {
      invoice: (number) => [...this.#questions.invoices({ number })].map((invoice) => ({ ...invoice }))[0],
      contracts: (contractIds) => documentContracts(this.#models.database, contractIds),
    });
  }

  /** Whether the log is so long that a second thread pays for work that takes so many times as long as to fold it. */
  async #pays({ times }: { readonly times: number }): Promise<boolean> {
    return this.#beside !== undefined && times * (await this.#store.countAfter()) >= this.#beside.from;
  }

  /** Writes what is waiting and lets go of the files; called again it is the same closing. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#abandoned?.stop();
      // What follows a shared store has written what it has folded, and the rest is no other process's loss.
      if (this.#handler !== undefined && !this.#store.shared) await this.#models.catchUp();
      this.#handler?.keepSnapshots();
    } finally {
      this.#models.close();
      await this.#store.close();
    }
  }
}

function readOnlyError(): LedgerError {
  return new LedgerError('ledger.read_only', 'the ledger was opened for questions alone');
}
