import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandResult, Ledger } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { senderOf } from '../access/authenticate.ts';
import { authorise } from '../access/command-permissions.ts';
import { executeOptionsOf } from '../access/principal.ts';
import type { Rows } from '../access/rows.ts';
import { tellPosition } from '../position.ts';
import type { CommandRoute } from './command-route.ts';
import { entityTag, expectedOf } from './expected-state.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';

/** What giving a command needs besides the request. */
export interface CommandContext {
  readonly ledger: Ledger;
  readonly rows: Rows;
}

/** The answer to a command: what the command line prints for it, without the line. */
export type CommandAnswer = Omit<CommandResult, 'revision'>;

/**
 * Gives a command for the sender of the request, once for ever by its idempotency key: authorisation first, then the
 * ledger with its own order of checks (SPEC section 9). `body` is the command; an `id` in it has to be the key as sent.
 */
export async function giveCommand(
  body: Readonly<Record<string, unknown>>,
  request: FastifyRequest,
  reply: FastifyReply,
  { ledger, rows, resource }: CommandContext & Pick<CommandRoute, 'resource'>,
): Promise<CommandAnswer> {
  const sender = senderOf(request);
  const { key, commandId } = idempotencyKeyOf(request, sender);
  refuseHead(body, key);
  const command = { ...body, id: commandId };
  const authorised = authorise(command, sender, rows);
  if (authorised !== undefined) await authorised;
  const options = executeOptionsOf(sender);
  const named = resource && { kind: resource.kind, id: (body as Record<string, unknown>)[resource.field] };
  const isConditional = request.headers['if-match'] !== undefined;
  const expected = isConditional ? { ...options, ...(await expectedOf(request, rows, named)) } : options;
  const result = await ledger.executeUnknown(command, expected);
  if (result.replayed) reply.header('Idempotency-Replayed', 'true');
  tellPosition(reply, ledger);
  if (result.revision === undefined) return { ...result, id: key };
  const { revision, ...answer } = result;
  if (resource !== undefined) reply.header('ETag', entityTag(revision));
  return { ...answer, id: key };
}

/** What the head of a command says is known from the request here: its id, its time and its sender. */
function refuseHead(body: Readonly<Record<string, unknown>>, key: string): void {
  if (Object.hasOwn(body, 'by')) throw new LedgerError('command.invalid', 'by: is known from the key of the sender');
  if (Object.hasOwn(body, 'at')) {
    throw new LedgerError('command.invalid', 'at: is the time of the request; only an import moves history in');
  }
  if (Object.hasOwn(body, 'id') && body.id !== key) {
    throw new LedgerError('command.invalid', 'id: is not the Idempotency-Key of the request');
  }
}
