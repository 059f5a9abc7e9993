import { LedgerError } from '../../../src/index.ts';
import type { ImportSender } from '../../imports/import-run.ts';
import { authorise } from '../access/command-permissions.ts';
import type { Principal } from '../access/principal.ts';
import { commandIdOf } from '../access/principal.ts';
import type { Rows } from '../access/rows.ts';
import { RequestError } from '../request-error.ts';

/**
 * The owner of a key as the sender of a command file: each command is authorised by itself, its id is the owner's own, and
 * its `by` is known from the key. Only what an operator moves in may name another.
 */
export function importSender(principal: Principal, rows: Rows): ImportSender {
  const { by, role } = principal;
  return {
    async prepare(command) {
      if (role === 'operator') return 'by' in command ? { command } : { command, by };
      if ('by' in command) throw new LedgerError('command.invalid', 'by: is known from the key of the sender');
      const { id } = command;
      if (typeof id !== 'string' || id === '') throw new LedgerError('command.invalid', 'id: is missing or no string');
      await authorise(command, principal, rows);
      return { command: { ...command, id: commandIdOf(id, principal) }, by };
    },
    refusalOf(error) {
      return error instanceof RequestError ? { code: error.code, message: error.message } : undefined;
    },
  };
}
