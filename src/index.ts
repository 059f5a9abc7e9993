/** What an embedding developer imports. */
export type { InvoiceFilter } from '../projections/billing-questions.ts';
export type { Coverage, CoverageOptions } from '../projections/questions/coverage.ts';
export type { DocumentFilter } from '../projections/questions/documents.ts';
export type { InvoicesStatus, InvoicesStatusOptions, PairStatus } from '../projections/questions/invoices-status.ts';
export type { Waiting } from '../projections/questions/invoices-waiting.ts';
export type { PairAttendance } from '../projections/questions/month-attendance.ts';
export type { MonthCheck, MonthCheckOptions } from '../projections/questions/month-check.ts';
export type { MonthFinding, MonthFindingKind } from '../projections/questions/month-finding.ts';
export { MONTH_FINDING_KINDS } from '../projections/questions/month-finding.ts';
export type { Payable, PayableParty, PayablesOptions } from '../projections/questions/payables.ts';
export type { LostAttendance, RefusedEntry } from '../projections/questions/period-attendance.ts';
export type {
  ContractClosing,
  GroupClosing,
  NotInvoiced,
  OpenInvoice,
  PeriodClosing,
} from '../projections/questions/period-closing.ts';
export type { RegistryFilter, RegistryItem, RegistryName, RegistrySort } from '../projections/questions/registries.ts';
export type { FilterForm } from '../projections/questions/registry-definition.ts';
export type {
  AdvanceItem,
  AgreementItem,
  BankItem,
  CertificateItem,
  ContractItem,
  GroupItem,
  InvoiceItem,
  InvoiceLineItem,
  PayerItem,
  PeriodFiguresItem,
  PeriodItem,
  ProgrammeItem,
  ProviderItem,
  RefusalItem,
} from '../projections/questions/registry-items.ts';
export type { RegistryOptions, RegistryPage } from '../projections/questions/registry-query.ts';
export { filterFormsOf, filterNamesOf, registryNames, sortNamesOf } from '../projections/questions/registry-query.ts';
export type { RebuildOptions } from '../projections/read-models.ts';
export type { Progress, RebuiltProjection } from '../projections/rebuild.ts';
export type { ReplayedProjection } from '../projections/replay.ts';
export type { AccessKeys, CreatedAccessKey } from './application/access-keys.ts';
export type { Batch } from './application/batch.ts';
export type { ExplainedLine, PointInTime } from './application/certificate-questions.ts';
export type { ExpectedDigest } from './application/chain-check.ts';
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
export type { CommandResult, ExecuteOptions } from './application/execute-options.ts';
export type { ExportedEvent, ExportOptions, FollowOptions } from './application/exported-events.ts';
export type { LineEvent, LineWithEvents } from './application/invoice-line-events.ts';
export type { LedgerStatus } from './application/ledger-status.ts';
export type { RowKind, RowOwner } from './application/row-owners.ts';
export type { CopyOptions, CopyPhase, LedgerCopy } from './copy-ledger.ts';
export { copyLedger } from './copy-ledger.ts';
export type { AccessKeyOrder } from './domain/access-key/commands.ts';
export type { AccessRole } from './domain/access-key/events.ts';
export type { AccessKey } from './domain/access-key/state.ts';
export type { Balance } from './domain/certificate/balance.ts';
export type { Clock } from './kernel/clock.ts';
export { fixedClock, systemClock } from './kernel/clock.ts';
export type { ErrorCode } from './kernel/errors.ts';
export { ERROR_CODES, LedgerError } from './kernel/errors.ts';
export type { Ledger } from './ledger.ts';
export type { LedgerOptions } from './open-ledger.ts';
export { openLedger } from './open-ledger.ts';
export type { LedgerObserver } from './store/event-store.ts';
export type { Verification } from './verification.ts';
