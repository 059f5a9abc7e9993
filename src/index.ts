/** What an embedding developer imports. */
export type { InvoiceFilter } from '../projections/billing-questions.ts';
export type { Coverage, CoverageOptions } from '../projections/questions/coverage.ts';
export type { DocumentFilter } from '../projections/questions/documents.ts';
export type { InvoicesStatus, InvoicesStatusOptions, PairStatus } from '../projections/questions/invoices-status.ts';
export type { Waiting } from '../projections/questions/invoices-waiting.ts';
export type { RegistryFilter, RegistryItem, RegistryName } from '../projections/questions/registries.ts';
export type {
  AdvanceItem,
  AgreementItem,
  BankItem,
  CertificateItem,
  ContractItem,
  GroupItem,
  PayerItem,
  PeriodFiguresItem,
  PeriodItem,
  ProgrammeItem,
  ProviderItem,
  RefusalItem,
} from '../projections/questions/registry-items.ts';
export type { RegistryOptions, RegistryPage } from '../projections/questions/registry-query.ts';
export { filterNamesOf, registryNames } from '../projections/questions/registry-query.ts';
export type { RebuildOptions } from '../projections/read-models.ts';
export type { Progress, RebuiltProjection } from '../projections/rebuild.ts';
export type { CommandResult } from './application/command-handler.ts';
export type { Command, CommandName, CommandOf } from './application/commands.ts';
export type {
  AdvanceDocument,
  AdvanceDocumentLine,
  AdvancedAgreement,
  AgreementOnDocument,
  DocumentHead,
  InvoiceDocument,
  InvoiceDocumentLine,
  InvoicedAgreement,
  PayerOnDocument,
  ProviderOnDocument,
} from './application/document-facts.ts';
export type { ExportedEvent, ExportOptions } from './application/exported-events.ts';
export type { LineEvent, LineWithEvents } from './application/invoice-line-events.ts';
export type { LedgerStatus } from './application/ledger-status.ts';
export type { ExpectedDigest } from './application/verify.ts';
export type { Clock } from './kernel/clock.ts';
export { fixedClock, systemClock } from './kernel/clock.ts';
export type { ErrorCode } from './kernel/errors.ts';
export { ERROR_CODES, LedgerError } from './kernel/errors.ts';
export type { Balance, ExplainedLine, Ledger, PointInTime, Verification } from './ledger.ts';
export type { LedgerOptions } from './open-ledger.ts';
export { openLedger } from './open-ledger.ts';
