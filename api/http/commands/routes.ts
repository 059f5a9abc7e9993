import type { FastifyInstance } from 'fastify';
import { LedgerError } from '../../../src/index.ts';
import { jsonObject } from '../../json-object.ts';
import { certificateCommands } from './certificates.ts';
import type { CommandRoute } from './command-route.ts';
import type { CommandContext } from './give-command.ts';
import { giveCommand } from './give-command.ts';

/** Every command of the rules as a POST on its resource (SPEC section 11). */
export const commandRoutes: readonly CommandRoute[] = [...certificateCommands];

/** Registers the routes of all commands. */
export function registerCommands(app: FastifyInstance, context: CommandContext): void {
  for (const route of commandRoutes) registerCommand(app, route, context);
}

function registerCommand(
  app: FastifyInstance,
  { command, path, resource }: CommandRoute,
  context: CommandContext,
): void {
  app.post(path, { config: { access: ['operator', 'payer', 'provider'] } }, (request, reply) => {
    const fields = bodyOf(request.body);
    const params = request.params as Readonly<Record<string, string>>;
    for (const name of ['command', 'id', 'at', ...Object.keys(params)]) {
      if (name in fields) throw new LedgerError('command.invalid', `${name}: is not a field of this request's body`);
    }
    const body = { command, ...params, ...fields } as Record<string, unknown>;
    const named = resource === undefined ? undefined : { kind: resource.kind, id: body[resource.field] };
    return giveCommand(body, request, reply, { ...context, resource: named });
  });
}

/** The object in a request's body, refused like a line of a command file where it is none. */
export function bodyOf(body: unknown): Record<string, unknown> {
  return jsonObject(typeof body === 'string' ? body : '');
}
