/** What an embedding developer imports. */
export type { RebuildOptions } from '../projections/read-models.ts';
export type { Progress, RebuiltProjection } from '../projections/rebuild.ts';
export type { CommandResult } from './application/command-handler.ts';
export type { Command, CommandName, CommandOf } from './application/commands.ts';
export type { ExpectedDigest } from './application/verify.ts';
export type { Clock } from './kernel/clock.ts';
export { fixedClock, systemClock } from './kernel/clock.ts';
export type { ErrorCode } from './kernel/errors.ts';
export { ERROR_CODES, LedgerError } from './kernel/errors.ts';
export type {
  Balance,
  ExplainedLine,
  Ledger,
  LedgerOptions,
  PointInTime,
  Verification,
} from './open-ledger.ts';
export { openLedger } from './open-ledger.ts';
