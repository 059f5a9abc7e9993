import type { InvoiceFilter } from '../projections/billing-questions.ts';
import { BillingQuestions } from '../projections/billing-questions.ts';
import type { Coverage, CoverageOptions } from '../projections/questions/coverage.ts';
import { coverage } from '../projections/questions/coverage.ts';
import { refuseOtherThanMonth } from '../projections/questions/day.ts';
import type { InvoicesStatus, InvoicesStatusOptions } from '../projections/questions/invoices-status.ts';
import { invoicesStatus } from '../projections/questions/invoices-status.ts';
import type { RegistryItem, RegistryName } from '../projections/questions/registries.ts';
import type { RegistryOptions, RegistryPage } from '../projections/questions/registry-query.ts';
import { registryItems, registryPage } from '../projections/questions/registry-query.ts';
import { ReadModels } from '../projections/read-models.ts';
import type { CommandResult, ExecuteOptions } from './application/command-handler.ts';
import { CommandHandler } from './application/command-handler.ts';
import type { Command } from './application/commands.ts';
import type { ExportedEvent, ExportOptions } from './application/exported-events.ts';
import { exportedEvents } from './application/exported-events.ts';
import type { LineWithEvents } from './application/invoice-line-events.ts';
import { invoiceLineEvents } from './application/invoice-line-events.ts';
import type { LedgerStatus } from './application/ledger-status.ts';
import { ledgerStatus } from './application/ledger-status.ts';
import type { ExpectedDigest, Verification } from './application/verify.ts';
import { verify } from './application/verify.ts';
import type { ExplainedEvent } from './domain/certificate/balance.ts';
import { balanceOf, explanationOf } from './domain/certificate/balance.ts';
import type { CertificateEvent } from './domain/certificate/events.ts';
import { certificateStream } from './domain/certificate/events.ts';
import { invoicedFrom } from './domain/invoice/billing.ts';
import type { DecodedEvent } from './events/codec.ts';
import { decode } from './events/codec.ts';
import type { CivilDate, CivilMonth } from './kernel/civil-date.ts';
import type { Clock } from './kernel/clock.ts';
import { systemClock } from './kernel/clock.ts';
import { LedgerError } from './kernel/errors.ts';
import type { Instant } from './kernel/instant.ts';
import { compareInstants } from './kernel/instant.ts';
import type { EventStore } from './store/event-store.ts';
import { MemoryEventStore } from './store/memory/memory-event-store.ts';
import { SqliteEventStore } from './store/sqlite/sqlite-event-store.ts';

/** Where the ledger is kept, and by which clock it goes. */
export interface LedgerOptions {
  /** `sqlite:FILE` or `memory:`. */
  readonly store: string;
  readonly clock?: Clock;
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

/**
 * Opens a ledger for writing; what an interrupted process left open is finished first.
 * Errors: `store.locked`, `store.unreadable`, `store.newer_version`, `store.unavailable`, `query.invalid`.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { store, file } = openStore(options.store);
  const models = new ReadModels(store, file);
  const questions = new BillingQuestions(models);
  const handler = await CommandHandler.open(store, options.clock ?? systemClock, questions);
  const files = file === ':memory:' ? [] : [file];
  return new Ledger({ store, models, questions, handler, clock: options.clock ?? systemClock, files });
}

/** A ledger that is open: commands go in, questions are answered from everything recorded before them. */
export class Ledger {
  readonly #store: EventStore;
  readonly #models: ReadModels;
  readonly #questions: BillingQuestions;
  readonly #handler: CommandHandler;
  readonly #clock: Clock;
  readonly #files: readonly string[];

  constructor(parts: {
    readonly store: EventStore;
    readonly models: ReadModels;
    readonly questions: BillingQuestions;
    readonly handler: CommandHandler;
    readonly clock: Clock;
    readonly files: readonly string[];
  }) {
    this.#store = parts.store;
    this.#models = parts.models;
    this.#questions = parts.questions;
    this.#handler = parts.handler;
    this.#clock = parts.clock;
    this.#files = parts.files;
  }

  /** Accepts a command, or throws a {@link LedgerError} with the code of the rule that refuses it (SPEC section 11). */
  execute(command: Command, options?: ExecuteOptions): Promise<CommandResult> {
    return this.#handler.execute(command, options);
  }

  /** The same for input whose shape is not known: a line of a file, the body of a request. */
  executeUnknown(command: unknown, options?: ExecuteOptions): Promise<CommandResult> {
    return this.#handler.execute(command, options);
  }

  /** Makes everything accepted so far durable. */
  flush(): Promise<void> {
    return this.#store.flush();
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
    const { position: readModelsAt } = this.#models;
    await this.#models.catchUp();
    const openIntents = this.#questions.openIntentsWithCommands();
    return ledgerStatus({ store: this.#store, readModelsAt, openIntents, files: this.#files });
  }

  /** Checks events, hash chains, heads and file; with an earlier digest also that nothing of then has changed. */
  async verify(expected?: ExpectedDigest): Promise<Verification> {
    await this.#store.flush();
    return verify(this.#store, expected);
  }

  /** Throws the read models away and folds them anew from the log. */
  rebuild(): Promise<void> {
    return this.#models.rebuild();
  }

  async #known(certificateId: string, asOf?: Instant): Promise<readonly DecodedEvent[]> {
    await this.#store.settled();
    const stored = (await this.#store.read(certificateStream(certificateId))).map(decode);
    if (stored.length === 0) throw new LedgerError('certificate.not_found', `there is no certificate ${certificateId}`);
    return stored.filter(({ metadata }) => asOf === undefined || compareInstants(metadata.recordedAt, asOf) <= 0);
  }

  async close(): Promise<void> {
    await this.#models.catchUp();
    this.#models.close();
    await this.#store.close();
  }
}

function openStore(setting: string): { store: EventStore; file: string } {
  if (setting === 'memory:') return { store: new MemoryEventStore(), file: ':memory:' };
  if (setting.startsWith('sqlite:') && setting.length > 'sqlite:'.length) {
    const file = setting.slice('sqlite:'.length);
    return { store: new SqliteEventStore(file), file };
  }
  throw new LedgerError('query.invalid', `${setting} is no store: sqlite:FILE and memory: are`);
}
