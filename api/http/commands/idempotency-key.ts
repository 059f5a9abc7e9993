import type { FastifyRequest } from 'fastify';
import type { Principal } from '../access/principal.ts';
import { commandIdOf, LONGEST_COMMAND_ID } from '../access/principal.ts';
import { RequestError } from '../request-error.ts';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The `Idempotency-Key` as the sender wrote it, and the command id behind it. Errors: `idempotency.key_missing`;
 * `request.invalid` for one that is too long beside its owner's name, or no text.
 */
export function idempotencyKeyOf(
  { headers }: FastifyRequest,
  sender: Principal,
): { readonly key: string; readonly commandId: string } {
  const header = headers['idempotency-key'];
  if (typeof header !== 'string' || header === '') {
    throw new RequestError('idempotency.key_missing', 'Idempotency-Key: is missing; a command counts once by it');
  }
  const key = textOf(header);
  const commandId = commandIdOf(key, sender);
  // A character has one or two code units, so that nearly no id has to be counted through.
  if (commandId.length <= LONGEST_COMMAND_ID) return { key, commandId };
  const excess = [...commandId].length - LONGEST_COMMAND_ID;
  if (excess <= 0) return { key, commandId };
  const most = [...key].length - excess;
  throw new RequestError('request.invalid', `Idempotency-Key: is longer than the ${most} characters there is room for`);
}

/** Node hands a header over byte by byte; whoever sends more than ASCII sends UTF-8, as in a body. */
function textOf(header: string): string {
  if (!/[^\u0020-\u007e]/.test(header)) return header;
  try {
    return UTF_8.decode(Buffer.from(header, 'latin1'));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new RequestError('request.invalid', 'Idempotency-Key: is not UTF-8', { cause: error });
  }
}
