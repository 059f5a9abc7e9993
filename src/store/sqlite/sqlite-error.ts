import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LedgerError } from '../../kernel/errors.ts';

/** An error of node:sqlite. `errcode` is SQLite's result code, extended ones included. */
export interface SqliteError extends Error {
  readonly errcode: number;
  readonly errstr: string;
}

export const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** Turns what SQLite says into a sentence about the file; everything else is passed on as it is. */
export function asLedgerError(error: unknown, file: string): unknown {
  if (isTooLarge(error))
    return new LedgerError('store.corrupt', `${file} is damaged: ${error.message}`, { cause: error });
  if (!isSqliteError(error)) return error;
  const cause = { cause: error };
  switch (error.errcode & 0xff) {
    case SQLITE_FULL:
      return new LedgerError(
        'store.unavailable',
        `the disk of ${file} is full; what was not answered was not written`,
        cause,
      );
    case SQLITE_READONLY:
      return new LedgerError('store.unreadable', `${file} cannot be written: it is read-only`, cause);
    case SQLITE_CANTOPEN:
      return new LedgerError('store.unreadable', `${file} cannot be opened${whyNot(file)}`, cause);
    case SQLITE_NOTADB:
      return new LedgerError('store.unreadable', `${file} is not a ledger: it is no SQLite database`, cause);
    case SQLITE_CORRUPT:
      return new LedgerError('store.corrupt', `${file} is damaged: ${error.message}`, cause);
    case SQLITE_IOERR:
      return new LedgerError('store.unavailable', `${file} could not be read or written: ${error.message}`, cause);
    case SQLITE_BUSY:
      return new LedgerError('store.locked', `${file} is in use by another process: ${error.message}`, cause);
    default:
      return new LedgerError('store.unavailable', `${file}: ${error.message}`, cause);
  }
}

/** The ledger writes no number that large. */
function isTooLarge(error: unknown): error is RangeError {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

function whyNot(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return ': there is no such file, or its folder is missing or not writable';
  if (stats.isDirectory()) return ': it is a directory';
  if (!allows(file, constants.R_OK)) return ': it may not be read';
  // Beside the ledger stand its log and its lock, so the folder has to be writable too.
  return allows(dirname(file), constants.W_OK) ? '' : ': its folder may not be written';
}

function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
