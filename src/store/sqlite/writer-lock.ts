import { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../../kernel/errors.ts';
import { asLedgerError, isSqliteError, SQLITE_BUSY } from './sqlite-error.ts';

/** Held while one process writes a ledger. */
export interface WriterLock {
  release(): void;
}

/**
 * Makes sure that one process at a time writes a file, while readers stay welcome. The lock is an exclusive transaction
 * on a small database beside the ledger: the operating system lets go of it when the process ends, however it ends.
 */
export function lockForWriting(file: string): WriterLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(`${file}-writer`, { timeout: 250 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isSqliteError(error) && error.errcode === SQLITE_BUSY) {
      throw new LedgerError(
        'store.locked',
        `another process is writing ${file}; one at a time can, readers are welcome`,
      );
    }
    throw asLedgerError(error, file);
  }
  return { release: () => database.close() };
}
