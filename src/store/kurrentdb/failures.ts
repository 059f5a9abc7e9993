import * as database from '@eventstore/db-client';
import { LedgerError } from '../../kernel/errors.ts';

/**
 * gRPC's statuses CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ABORTED, INTERNAL and UNAVAILABLE: with these a call fails whose
 * connection breaks or whose server goes away, and the very first connection as a plain error.
 */
const BROKEN = new Set<unknown>([1, 2, 4, 10, 13, 14]);
/** gRPC's status UNAUTHENTICATED. */
const UNAUTHENTICATED = 16;

/** What was asked has found no answer, so nobody knows whether it was done. */
export class UnansweredError extends Error {}

/** What the server does not let somebody do, or has nothing to answer with. */
export function refusalOf(error: unknown): LedgerError | undefined {
  if (error instanceof database.AccessDeniedError || isUnauthenticated(error)) {
    const sentence =
      'the server of the store does not let in who asks: LEDGER_STORE_USERNAME and LEDGER_STORE_PASSWORD say who that is';
    return new LedgerError('store.unreadable', sentence, { cause: error });
  }
  if (error instanceof database.StreamDeletedError) {
    return new LedgerError('store.corrupt', 'a stream of the ledger has been deleted from the server', {
      cause: error,
    });
  }
  if (isNoPosition(error)) {
    return new LedgerError('query.invalid', 'there is no such position in the log of the store', { cause: error });
  }
  if (error instanceof database.MaxAppendSizeExceededError) {
    const sentence = `a command appends more to one stream than the server takes at once, ${error.maxAppendSize} bytes`;
    return new LedgerError('command.invalid', sentence, { cause: error });
  }
  return undefined;
}

/** A place of the server's log at which no record begins, as in the log of another server. */
function isNoPosition(error: unknown): boolean {
  return error instanceof Error && /invalid ?position/i.test(error.message);
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNAUTHENTICATED;
}

/** Whether a failure leaves open if the server has done what it was asked for. */
export function isAmbiguous(error: unknown): boolean {
  if (!(error instanceof Error) || isNoPosition(error)) return false;
  if (error instanceof UnansweredError || hasLostItsWay(error)) return true;
  if ('code' in error && BROKEN.has(error.code)) return true;
  // Another call has found the connection broken just before this one was made on it.
  if (error.message === 'Channel has been shut down') return true;
  return [
    // What nobody knows may have been done; to ask the same again does no harm.
    database.UnknownError,
    database.TimeoutError,
    database.DeadlineExceededError,
    database.UnavailableError,
    database.CancelledError,
    database.NotLeaderError,
  ].some((kind) => error instanceof kind);
}

/** A client that failed to discover its nodes remembers that for ever. */
export function hasLostItsWay(error: unknown): boolean {
  return error instanceof Error && /failed to discover/i.test(error.message);
}
