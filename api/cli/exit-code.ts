import type { ErrorCode } from '../../src/index.ts';

/** What cannot be read or opened, or is no question at all; everything else was understood and refused. */
const UNREADABLE = /^(store|ledger|query|projection|readmodels)\./;

/** The exit code of a call that ended in an error: 1 refused or not found, 2 unreadable input or ledger. */
export function exitCodeOf(code: ErrorCode): 1 | 2 {
  return UNREADABLE.test(code) ? 2 : 1;
}
