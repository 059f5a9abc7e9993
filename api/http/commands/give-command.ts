import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandResult, Ledger } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { senderOf } from '../access/authenticate.ts';
import { authorise } from '../access/command-permissions.ts';
import type { Principal } from '../access/principal.ts';
import { commandIdOf } from '../access/principal.ts';
import type { Rows } from '../access/rows.ts';
import { RequestError } from '../request-error.ts';
import type { NamedResource } from './resource-stream.ts';
import { streamOf } from './resource-stream.ts';

/** What giving a command needs besides the request. */
export interface CommandContext {
  readonly ledger: Ledger;
  readonly rows: Rows;
}

/** The answer to a command: what the command line prints for it, without the line. */
export type CommandAnswer = Omit<CommandResult, 'revision'>;

const ENTITY_TAG = /^"(\d{1,15})"$/;

/**
 * Gives a command for the sender of the request, once for ever by its idempotency key: authorisation first, then the
 * ledger with its own order of checks (SPEC section 9). `body` is the command without `id` and `by`.
 */
export async function giveCommand(
  body: Readonly<Record<string, unknown>>,
  request: FastifyRequest,
  reply: FastifyReply,
  { ledger, rows, resource }: CommandContext & { readonly resource?: NamedResource | undefined },
): Promise<CommandAnswer> {
  const sender = senderOf(request);
  const id = idOf(request, sender);
  if ('by' in body) throw new LedgerError('command.invalid', 'by: is known from the key of the sender');
  const command = { ...body, id };
  await authorise(command, sender, rows);
  const expected = await expectedOf(request, rows, resource);
  const { revision, ...answer } = await ledger.executeUnknown(command, { by: sender.by, ...expected });
  if (answer.replayed) reply.header('Idempotency-Replayed', 'true');
  if (revision !== undefined && resource !== undefined) reply.header('ETag', `"${revision}"`);
  return answer;
}

function idOf({ headers }: FastifyRequest, sender: Principal): string {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') {
    throw new RequestError('idempotency.key_missing', 'Idempotency-Key: is missing; a command counts once by it');
  }
  return commandIdOf(key, sender);
}

/** `If-Match` names the revision the sender has seen. */
async function expectedOf({ headers }: FastifyRequest, rows: Rows, resource: NamedResource | undefined) {
  const condition = headers['if-match'];
  if (condition === undefined || condition === '*') return {};
  const revision = ENTITY_TAG.exec(condition)?.[1];
  if (revision === undefined) {
    throw new RequestError('request.invalid', 'If-Match: is not the ETag of an earlier answer');
  }
  const stream = resource === undefined ? undefined : await streamOf(resource, rows);
  if (stream === undefined) {
    throw new RequestError(
      'request.invalid',
      'If-Match: this command changes no single resource that could be compared',
    );
  }
  return { expected: { stream, revision: Number(revision) } };
}
