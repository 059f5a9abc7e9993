/** What an embedding developer imports. */
export type { CommandResult } from './application/command-handler.ts';
export type { Command, CommandName, CommandOf } from './application/commands.ts';
export type { Verification } from './application/verify.ts';
export type { Clock } from './kernel/clock.ts';
export { fixedClock, systemClock } from './kernel/clock.ts';
export type { ErrorCode } from './kernel/errors.ts';
export { ERROR_CODES, LedgerError } from './kernel/errors.ts';
export type { Balance, ExplainedLine, Ledger, LedgerOptions, PointInTime } from './open-ledger.ts';
export { openLedger } from './open-ledger.ts';
