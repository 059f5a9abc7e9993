import { Audit } from '../projections/audit.ts';
import type { BillingQuestions, InvoiceFilter } from '../projections/billing-questions.ts';
import type { Coverage, CoverageOptions } from '../projections/questions/coverage.ts';
import { coverage } from '../projections/questions/coverage.ts';
import { refuseOtherThanMonth } from '../projections/questions/day.ts';
import type { DocumentFilter } from '../projections/questions/documents.ts';
import { advancesOfMonth, documentContracts, issuesOf } from '../projections/questions/documents.ts';
import type { InvoicesStatus, InvoicesStatusOptions } from '../projections/questions/invoices-status.ts';
import { invoicesStatus } from '../projections/questions/invoices-status.ts';
import type { RegistryItem, RegistryName } from '../projections/questions/registries.ts';
import type { RegistryOptions, RegistryPage } from '../projections/questions/registry-query.ts';
import { registryItems, registryPage } from '../projections/questions/registry-query.ts';
import type { ReadModelSource, RebuildOptions } from '../projections/read-models.ts';
import { ReadModels } from '../projections/read-models.ts';
import type { Progress, RebuiltProjection } from '../projections/rebuild.ts';
import type { CommandHandler, CommandResult, ExecuteOptions } from './application/command-handler.ts';
import type { Command } from './application/commands.ts';
import type { AdvanceDocument, InvoiceDocument } from './application/document-facts.ts';
import { Documents } from './application/documents.ts';
import type { ExportedEvent, ExportOptions } from './application/exported-events.ts';
import { exportedEvents } from './application/exported-events.ts';
import type { LineWithEvents } from './application/invoice-line-events.ts';
import { invoiceLineEvents } from './application/invoice-line-events.ts';
import type { LedgerStatus } from './application/ledger-status.ts';
import { ledgerStatus } from './application/ledger-status.ts';
import type { ExpectedDigest, LogVerification } from './application/verify.ts';
import { LogCheck } from './application/verify.ts';
import { wrongSnapshots } from './application/verify-snapshots.ts';
import type { ExplainedEvent } from './domain/certificate/balance.ts';
import { balanceOf, explanationOf } from './domain/certificate/balance.ts';
import type { CertificateEvent } from './domain/certificate/events.ts';
import { certificateStream } from './domain/certificate/events.ts';
import { invoicedFrom } from './domain/invoice/billing.ts';
import type { DecodedEvent } from './events/codec.ts';
import { decode } from './events/codec.ts';
import type { CivilDate, CivilMonth } from './kernel/civil-date.ts';
import type { Clock } from './kernel/clock.ts';
import { LedgerError } from './kernel/errors.ts';
import type { Instant } from './kernel/instant.ts';
import { compareInstants } from './kernel/instant.ts';
import type { EventStore } from './store/event-store.ts';

/** What `verify` found: a ledger is sound when there are no findings; remarks are worth knowing and break no rule. */
export interface Verification extends LogVerification {
  readonly remarks: readonly string[];
}

/** Which day, and what was known when (SPEC section 8). */
export interface PointInTime {
  /** Events that count from this day or an earlier one. */
  readonly on?: CivilDate;
  /** Events recorded up to this instant. */
  readonly asOf?: Instant;
}

/** One event of an explanation: what it is, where it stands, what it did to the figures of its period. */
export interface ExplainedLine extends Omit<ExplainedEvent, 'event'> {
  readonly type: string;
  readonly effectiveOn: CivilDate;
  readonly revision: number;
  readonly recordedAt: Instant;
  readonly commandId: string;
  readonly contractId?: string;
}

/** The balance of a certificate, as SPEC section 10 writes it. */
export type Balance = ReturnType<typeof balanceOf>;

/** What a ledger is put together from. */
export interface LedgerParts {
  readonly store: EventStore;
  readonly models: ReadModelSource;
  readonly questions: BillingQuestions;
  /** Left out in a ledger that was opened for questions alone. */
  readonly handler: CommandHandler | undefined;
  readonly clock: Clock;
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
  #losses: number;

  constructor(parts: LedgerParts) {
    this.#store = parts.store;
    this.#models = parts.models;
    this.#questions = parts.questions;
    this.#handler = parts.handler;
    this.#clock = parts.clock;
    this.#files = parts.files;
    this.#losses = parts.store.losses;
  }

  /** Accepts a command, or throws a {@link LedgerError} with the code of the rule that refuses it (SPEC section 11). */
  execute(command: Command, options?: ExecuteOptions): Promise<CommandResult> {
    return this.executeUnknown(command, options);
  }

  /** The same for input whose shape is not known: a line of a file, the body of a request. */
  async executeUnknown(command: unknown, options?: ExecuteOptions): Promise<CommandResult> {
    if (this.#handler === undefined) throw readOnlyError();
    return this.#handler.execute(command, options);
  }

  /**
   * Makes everything accepted so far durable. Errors: `store.unavailable` when something accepted since the last call was
   * lost, also when that was noticed before.
   */
  async flush(): Promise<void> {
    const before = this.#losses;
    try {
      await this.#store.flush();
    } finally {
      this.#losses = this.#store.losses;
    }
    if (this.#losses === before) return;
    throw new LedgerError('store.unavailable', 'commands accepted before were lost, not all of them became durable');
  }

  /** The balance of a certificate on a day, as known at an instant. Errors: `certificate.not_found` (SPEC section 8). */
  async balance(certificateId: string, { on, asOf }: PointInTime = {}): Promise<Balance> {
    const known = await this.#known(certificateId, asOf);
    return balanceOf(
      certificateId,
      known.map(({ event }) => event as CertificateEvent),
      on,
    );
  }

  /** The events a balance is made of, with their effects and running totals. Errors: `certificate.not_found`. */
  async explain(certificateId: string, { on, asOf }: PointInTime = {}): Promise<readonly ExplainedLine[]> {
    const known = await this.#known(certificateId, asOf);
    const explained = explanationOf(
      known.map(({ event }) => event as CertificateEvent),
      on,
    );
    const lines = known.filter(({ event }) => on === undefined || ('effectiveOn' in event && event.effectiveOn <= on));
    return explained.map(({ event, ...figures }, index) => {
      const { metadata, stored } = lines[index] as DecodedEvent;
      const { type, effectiveOn } = event;
      const origin = { revision: stored.revision, recordedAt: metadata.recordedAt, commandId: metadata.commandId };
      const subject = 'contractId' in event ? { contractId: event.contractId } : {};
      return { type, effectiveOn, ...origin, ...subject, ...figures };
    });
  }

  /** The balance of every certificate, by certificateId as text, one at a time (SPEC section 10). */
  async *balances(options: PointInTime & { readonly payerId?: string } = {}): AsyncIterable<Balance> {
    await this.#models.catchUp();
    for (const certificateId of this.#questions.certificateIds(options.payerId)) {
      yield await this.balance(certificateId, options);
    }
  }

  /** Whole invoices with their lines, by number (SPEC section 10). */
  async *invoices(filter: InvoiceFilter = {}): AsyncIterable<Record<string, unknown>> {
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
    await this.#models.catchUp();
    const asked = { month, invoicedFrom: invoicedFrom(month), now: this.#clock.now() };
    return invoicesStatus(this.#models.database, asked, options);
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

  /** Where the log and the read models stand, the open intents and the sizes of the files. Folds nothing before it looks. */
  async status(): Promise<LedgerStatus> {
    const { written: readModelsAt } = this.#models;
    await this.#models.catchUp();
    const openIntents = this.#questions.openIntentsWithCommands();
    return ledgerStatus({ store: this.#store, readModelsAt, openIntents, files: this.#files });
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
    await this.#store.flush();
    const audit = new Audit();
    try {
      const log = new LogCheck(this.#store, {
        expected,
        observe: (event, stored, { commandId }) => audit.fold(event, stored, commandId),
      });
      await log.begin();
      // Others may append meanwhile; read models and replay are compared where both stand at the same position.
      do {
        await log.readOn(progress);
        if (log.readable) await this.#models.catchUp();
      } while (log.readable && this.#models.position !== log.position);
      const differences = log.readable ? [...audit.findings(), ...audit.differencesFrom(this.#models.database)] : [];
      if (log.readable) differences.push(...(await wrongSnapshots(this.#store)));
      const remarks = log.readable ? audit.remarks() : [];
      const position = log.position ?? null;
      const digest = log.digest();
      await log.end();
      const findings = [...log.findings, ...differences];
      return { ok: findings.length === 0, findings, remarks, events: log.events, position, digest };
    } finally {
      audit.close();
    }
  }

  /**
   * Builds the read models, or the one projection named, beside the live ones from the log, and switches to them.
   * Errors: `projection.not_found`, `ledger.read_only`.
   */
  async rebuild(options: RebuildOptions = {}): Promise<readonly RebuiltProjection[]> {
    if (!(this.#models instanceof ReadModels)) throw readOnlyError();
    return this.#models.rebuild(options);
  }

  async #documents(): Promise<Documents> {
    await this.#models.catchUp();
    return new Documents(this.#store, {
      invoice: (number) => [...this.#questions.invoices({ number })][0],
      contracts: (contractIds) => documentContracts(this.#models.database, contractIds),
    });
  }

  async #known(certificateId: string, asOf?: Instant): Promise<readonly DecodedEvent[]> {
    await this.#store.settled();
    const stored = (await this.#store.read(certificateStream(certificateId))).map(decode);
    if (stored.length === 0) throw new LedgerError('certificate.not_found', `there is no certificate ${certificateId}`);
    return stored.filter(({ metadata }) => asOf === undefined || compareInstants(metadata.recordedAt, asOf) <= 0);
  }

  async close(): Promise<void> {
    try {
      if (this.#handler !== undefined) await this.#models.catchUp();
    } finally {
      this.#models.close();
      await this.#store.close();
    }
  }
}

function readOnlyError(): LedgerError {
  return new LedgerError('ledger.read_only', 'the ledger was opened for questions alone');
}
